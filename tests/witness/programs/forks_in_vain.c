// Asks COUNT times for a child, by CALL (fork|vfork|clone), and tells which got one.
#include "program.h"
#include <sched.h>

static int leave(void *nothing)
{
    (void)nothing;
    return 0;
}

static pid_t bear(const char *call)
{
    static char stack[65536] __attribute__((aligned(16)));
    if (strcmp(call, "clone") == 0)
        return clone(leave, stack + sizeof stack, SIGCHLD, NULL);
    pid_t child = strcmp(call, "vfork") == 0 ? vfork() : fork();
    if (child == 0)
        _exit(0);
    return child;
}

int main(int argc, char **argv)
{
    const char *call = argc > 1 ? argv[1] : "fork";
    int count = number(argc, argv, 2, 3);
    for (int i = 1; i <= count; i++) {
        pid_t child = bear(call);
        printf("%d: %s\n", i, child == -1 ? strerrorname_np(errno) : "ok");
        fflush(stdout);
        if (child != -1)
            sure(wait(NULL), "wait");
    }
    return 0;
}
