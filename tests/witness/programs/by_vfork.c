// A child by vfork.
#include "program.h"

int main(void)
{
    pid_t child = vfork();
    if (child == 0) {
        write(STDOUT_FILENO, "child\n", 6);
        _exit(4);
    }
    sure(waitpid((pid_t)sure(child, "vfork"), NULL, 0), "waitpid");
    return 0;
}
