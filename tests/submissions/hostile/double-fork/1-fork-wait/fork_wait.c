#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (fork() == 0) {
        if (fork() == 0) {
            printf("child: %d\n", atoi(argv[1]) + atoi(argv[argc - 1]));
            fflush(stdout);
        }
        _exit(0);
    }
    wait(NULL);
    printf("parent: %s\n", argv[1]);
    return 0;
}
