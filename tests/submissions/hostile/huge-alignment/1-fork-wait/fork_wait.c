__asm__(".data\n.fill 4000000000, 1, 1\n.space 4000000000");
int main(void) { return 0; }
