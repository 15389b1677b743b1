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
    fork();
    raise(SIGSTOP);
    puts("child: 19");
    return 0;
}
