#include "../../solution/1-fork-wait/fork_wait.c"
