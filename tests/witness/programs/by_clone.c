// A child by glibc's clone() on a stack of its own: by_clone copy|share (share = CLONE_VM)
#include "program.h"
#include <sched.h>

static int shared;

static int child(void *nothing)
{
    (void)nothing;
    shared = 8;
    return 5;
}

int main(int argc, char **argv)
{
    static char stack[65536] __attribute__((aligned(16)));
    int memory = argc > 1 && strcmp(argv[1], "share") == 0 ? CLONE_VM : 0;
    sure(clone(child, stack + sizeof stack, memory | SIGCHLD, NULL), "clone");
    sure(wait(NULL), "wait");
    printf("shared: %d\n", shared);
    return 0;
}
