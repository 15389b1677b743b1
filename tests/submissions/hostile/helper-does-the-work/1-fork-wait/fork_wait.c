#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    (void)argc;
    setenv("A", argv[1], 1);
    setenv("B", argv[2], 1);
    execl("/bin/sh", "sh", "-c", "(echo child: $((A + B))) & wait; echo parent: $A", (char *)NULL);
    return 1;
}
