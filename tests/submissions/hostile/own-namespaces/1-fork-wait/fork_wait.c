#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sched.h>
int main(void)
{
    int flags[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER | CLONE_NEWPID};
    for (int i = 0; i < 5; i++)
        if (unshare(flags[i]) == 0)
            printf("unshared %d\n", i);
    if (setns(open("/proc/1/ns/pid", O_RDONLY), 0) == 0)
        puts("entered");
    if (fork() == 0)
        for (;;)
            pause();
    return 0;
}
