#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <signal.h>
static void reap(int number)
{
    (void)number;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}
int main(void)
{
    signal(SIGCHLD, reap);
    signal(SIGUSR1, reap);
    for (int i = 0; i < 5000; i++)
        raise(i % 2 ? SIGUSR1 : SIGCHLD);
    return 0;
}
