#include "/mnt/kit/solution/1-fork-wait/fork_wait.c"
