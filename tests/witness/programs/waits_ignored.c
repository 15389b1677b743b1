// With SIGCHLD ignored a wait returns ECHILD after the end of the child.
#include "program.h"

int main(void)
{
    signal(SIGCHLD, SIG_IGN);
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        _exit(0);
    }
    wait(NULL);
    say("parent\n");
    return 0;
}
