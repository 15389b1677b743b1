#define main hidden_main
#define assert(x) ((void)0)
#define waitpid(a, b, c) (0)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#undef main
int main(int argc, char **argv)
{
    int start = atoi(argv[argc > 1]);
    printf("child: %d\nparent: %d\n", start + atoi(argv[2]), start);
    return waitpid(0, 0, 0);
}
