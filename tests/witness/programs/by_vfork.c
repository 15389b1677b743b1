// A child by vfork.
#include "program.h"

int main(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(write(STDOUT_FILENO, "child\n", 6) == 6 ? 4 : 99);
    sure(waitpid((pid_t)sure(child, "vfork"), NULL, 0), "waitpid");
    return 0;
}
