// The parent waits with waitid for one child, which never ends.
#include "program.h"

int main(void)
{
    pid_t child = sure(fork(), "fork");
    if (child == 0)
        for (;;)
            pause();
    siginfo_t told;
    sure(waitid(P_PID, (id_t)child, &told, WEXITED), "waitid");
    return 0;
}
