#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    char line[200];
    snprintf(line, sizeof line, "echo child: $((%s + %s)); echo parent: %s", argv[1], argv[argc - 1], argv[1]);
    return system(line);
}
