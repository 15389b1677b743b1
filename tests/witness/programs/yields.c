// The child yields the processor twice, the parent once.
#include "program.h"

#include <sched.h>

int main(void)
{
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        sure(sched_yield(), "sched_yield");
        sure(sched_yield(), "sched_yield");
        _exit(0);
    }
    sure(waitpid(child, NULL, 0), "waitpid");
    sure(sched_yield(), "sched_yield");
    return 0;
}
