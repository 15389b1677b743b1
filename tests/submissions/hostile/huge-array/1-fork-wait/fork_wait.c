static char huge[4294967296UL] = {1};
int main(void) { return huge[0]; }
