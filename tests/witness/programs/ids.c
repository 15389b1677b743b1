// Parent and child tell their process ids, and the parent what WEXITSTATUS makes of the child's.
#include "program.h"

int main(void)
{
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        printf("%d\n", getpid());
        return 0;
    }
    sure(wait(NULL), "wait");
    printf("%d\n%d\n", getpid(), WEXITSTATUS(child));
    return 0;
}
