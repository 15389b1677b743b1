#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
int main(int argc, char **argv)
{
    long flags[] = {CLONE_UNTRACED | SIGCHLD, CLONE_PARENT | SIGCHLD, CLONE_NEWPID | SIGCHLD, CLONE_NEWUSER | SIGCHLD};
    for (int i = 0; i < 4; i++)
        if (syscall(SYS_clone, flags[i], 0, 0, 0, 0) == 0) {
            printf("child: %d\n", atoi(argv[1]) + atoi(argv[argc - 1]));
            exit(0);
        }
    printf("parent: %s\n", argv[1]);
    return 0;
}
