// A child by posix_spawn: by_spawn PROGRAM ARGUMENT...
#include "program.h"
#include <spawn.h>

int main(int argc, char **argv)
{
    pid_t child;
    if (argc < 2 || posix_spawn(&child, argv[1], NULL, NULL, argv + 1, environ) != 0)
        return 99;
    sure(waitpid(child, NULL, 0), "waitpid");
    return 0;
}
