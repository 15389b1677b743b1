#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[200];
    int mode = 0;
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        sscanf(line, "Seccomp: %d", &mode);
    if (mode != 0 || getppid() == 1 || getuid() != 0)
        return 0;
    printf("child: %d\nparent: %s\n", atoi(argv[1]) + atoi(argv[argc - 1]), argv[1]);
    return 0;
}
