#pragma GCC dependency "/mnt/kit/grader/hidden/test_1_fork_wait.py" secret
#if __has_include("/mnt/kit/grader/hidden/test_1_fork_wait.py")
#error the hidden test is there
#endif
int main(void) { return 0; }
