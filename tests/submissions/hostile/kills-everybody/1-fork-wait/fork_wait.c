#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <signal.h>
int main(void)
{
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    kill(-1, SIGTERM);
    kill(-getpgrp(), SIGTERM);
    kill(-getppid(), SIGKILL);
    kill(getppid(), SIGKILL);
    for (int pid = 1; pid < 300; pid++)
        if (pid != getpid())
            kill(pid, SIGKILL);
    puts("child: 19");
    kill(-1, SIGKILL);
    return 0;
}
