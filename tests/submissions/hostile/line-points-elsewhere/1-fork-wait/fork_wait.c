#line 1 "/mnt/kit/grader/hidden/test_1_fork_wait.py"
int main(void) { return secret }
#line 1 "/mnt/kit/solution/1-fork-wait/fork_wait.c"
int x = y;
