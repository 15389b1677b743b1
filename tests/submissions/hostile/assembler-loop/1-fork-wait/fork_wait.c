__asm__(".rept 2000000000\n.byte 1,2,3,4,5,6,7,8\n.endr");
int main(void) { return 0; }
