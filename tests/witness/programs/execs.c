// Becomes another program: execs PROGRAM ARGUMENT...; a missing program is said on stderr.
#include "program.h"

int main(int argc, char **argv)
{
    if (argc > 1)
        execv(argv[1], argv + 1);
    perror("execv");
    return 1;
}
