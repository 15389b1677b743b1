// The parent reaps in a SIGCHLD handler, and waits for it with sigsuspend.
#include "program.h"

static volatile sig_atomic_t reaped;

static void reap(int signal)
{
    (void)signal;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        reaped = 1;
}

int main(void)
{
    sigset_t child_signal, before;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, &before);
    signal(SIGCHLD, reap);
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        _exit(0);
    }
    while (!reaped)
        sigsuspend(&before);
    say("parent\n");
    return 0;
}
