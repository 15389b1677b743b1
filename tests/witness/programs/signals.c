// Sends signals to its own processes: signals child|self|group|child-group|zombie|gone|descriptor.
// Prints the errno, or 0; a child that got SIGUSR1 ends by it.
#include "program.h"

int main(int argc, char **argv)
{
    const char *whom = argc > 1 ? argv[1] : "";
    bool ends = strcmp(whom, "zombie") == 0 || strcmp(whom, "gone") == 0;
    long result = 0;
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        if (strcmp(whom, "child-group") == 0)
            setpgid(0, 0);
        if (ends)
            _exit(0);
        for (;;)
            pause();
    }
    if (strcmp(whom, "child-group") == 0)
        setpgid(child, child);
    siginfo_t told;
    if (ends)
        sure(waitid(P_PID, (id_t)child, &told, WEXITED | WNOWAIT), "waitid");
    if (strcmp(whom, "gone") == 0)
        sure(wait(NULL), "wait");
    if (strcmp(whom, "self") == 0) {
        result = kill(getpid(), 0);
        kill(child, SIGUSR1);
    } else if (strcmp(whom, "group") == 0) {
        signal(SIGUSR1, SIG_IGN); // the child was born before and dies of it
        result = kill(0, SIGUSR1);
    } else if (strcmp(whom, "child-group") == 0) {
        result = kill(-child, SIGUSR1);
    } else if (strcmp(whom, "descriptor") == 0) {
        result =
            syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, child, 0), SIGUSR1, NULL, 0);
    } else {
        result = kill(child, SIGUSR1);
    }
    printf("%s\n", result == 0 ? "0" : strerrorname_np(errno));
    while (wait(NULL) > 0)
        ;
    return 0;
}
