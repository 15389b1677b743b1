// The child ends itself by a signal, or exits for 0; the parent tells what its wait says.
// core_told wait|waitid SIGNAL
#include "program.h"

int main(int argc, char **argv)
{
    if (argc != 3)
        return 99;
    int number = atoi(argv[2]);
    if (sure(fork(), "fork") == 0) {
        if (number != 0)
            raise(number);
        _exit(7);
    }
    if (strcmp(argv[1], "wait") == 0) {
        int status;
        sure(wait(&status), "wait");
        if (WIFEXITED(status))
            printf("exit %d\n", WEXITSTATUS(status));
        else
            printf("signal %d, core %d\n", WTERMSIG(status), WCOREDUMP(status) != 0);
        return 0;
    }
    siginfo_t told;
    sure(waitid(P_ALL, 0, &told, WEXITED), "waitid");
    if (told.si_code == CLD_EXITED)
        printf("exit %d\n", told.si_status);
    else
        printf("signal %d, core %d\n", told.si_status, told.si_code == CLD_DUMPED);
    return 0;
}
