#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
int main(int argc, char **argv)
{
    const char *paths[] = {argv[0], "/witness", "/program/fork_wait", "/proc/self/exe", "/usr/include/stdio.h",
                           "3-segment/segment.h", "../witness", "../program/fork_wait", "/usr/bin/gcc"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        unlink(paths[i]);
        rename(paths[i], "moved");
        int file = open(paths[i], O_WRONLY | O_TRUNC);
        if (file != -1 && write(file, "x", 1) == 1)
            printf("%d: written\n", argc);
    }
    return 0;
}
