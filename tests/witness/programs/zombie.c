// The child has surely ended (WNOWAIT leaves it a zombie), and is never reaped.
#include "program.h"

int main(void)
{
    pid_t child = sure(fork(), "fork");
    if (child == 0)
        _exit(3);
    siginfo_t how;
    sure(waitid(P_PID, child, &how, WEXITED | WNOWAIT), "waitid");
    say("parent: done\n");
    return 0;
}
