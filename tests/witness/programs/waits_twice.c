// Of two children it waits for the last one, twice: the other one stays a zombie.
#include "program.h"

int main(void)
{
    pid_t last = 0;
    for (int i = 0; i < 2; i++) {
        last = (pid_t)sure(fork(), "fork");
        if (last == 0)
            _exit(0);
    }
    siginfo_t ended;
    sure(waitid(P_PID, (id_t)last - 1, &ended, WEXITED | WNOWAIT), "waitid");
    sure(waitpid(last, NULL, 0), "waitpid");
    waitpid(last, NULL, 0);
    return 0;
}
