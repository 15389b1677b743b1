// Tells the world that it finds: terminals, standard input, descriptors, signals, the folder.
#include "program.h"

int main(void)
{
    char byte;
    printf("stdout is a %s\n", isatty(STDOUT_FILENO) ? "terminal" : "pipe");
    printf("stderr is a %s\n", isatty(STDERR_FILENO) ? "terminal" : "pipe");
    printf("stdin has %zd bytes\n", read(STDIN_FILENO, &byte, 1));
    for (int i = 3; i < 256; i++)
        if (fcntl(i, F_GETFD) != -1)
            printf("descriptor %d is open\n", i);
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (int i = 1; i < NSIG; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            printf("signal %d is not default\n", i);
        if (sigismember(&blocked, i) == 1)
            printf("signal %d is blocked\n", i);
    }
    return 0;
}
