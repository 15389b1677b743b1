#include "/mnt/kit/grader/hidden/test_1_fork_wait.py"
int main(void) { return 0; }
