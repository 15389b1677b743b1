// A raw clone3: the child, if there is one, exits at once.
#include "program.h"
#include <linux/sched.h>

int main(void)
{
    struct clone_args how = {.exit_signal = SIGCHLD};
    long child = syscall(SYS_clone3, &how, sizeof how);
    if (child == 0)
        _exit(6);
    if (child == -1)
        printf("clone3: %s\n", strerrorname_np(errno));
    else
        sure(wait(NULL), "wait");
    return 0;
}
