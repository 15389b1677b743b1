#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    printf("child: %d\nparent: %d\n", atoi(argv[1]) + atoi(argv[2]), atoi(argv[1]));
    return 0;
}
