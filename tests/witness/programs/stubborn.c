// Holds on to life: stubborn block|ignore|stop|daemon|detach, each with a child that spins.
#include "program.h"

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    sigset_t all;
    sigfillset(&all);
    if (strcmp(how, "block") == 0)
        sigprocmask(SIG_SETMASK, &all, NULL);
    if (strcmp(how, "ignore") == 0)
        for (int i = 1; i < NSIG; i++)
            signal(i, SIG_IGN);
    pid_t child = sure(fork(), "fork");
    if (strcmp(how, "stop") == 0)
        raise(SIGSTOP);
    if (child == 0 && strcmp(how, "daemon") == 0) {
        sure(setsid(), "setsid");
        if (sure(fork(), "fork") > 0)
            _exit(0);
    }
    if (child > 0 && strcmp(how, "detach") == 0)
        _exit(0);
    for (;;)
        ;
}
