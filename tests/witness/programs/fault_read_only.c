// The child writes to a segment that it attached read-only; or jumps into it; or reads there after
// it closed the page to itself; or writes with all signals blocked, or all ignored.
// fault_read_only [jump|closed|blocked|ignored]
#include "program.h"
#include <signal.h>

int main(int argc, char **argv)
{
    int id = (int)sure(shmget(24601, sizeof(int), IPC_CREAT | 0600), "shmget");
    pid_t child = sure(fork(), "fork");
    if (child == 0) {
        int *value = sure_address(shmat(id, NULL, SHM_RDONLY), "shmat");
        const char *how = argc > 1 ? argv[1] : "write";
        if (strcmp(how, "jump") == 0)
            ((void (*)(void))(uintptr_t)value)();
        sigset_t all;
        sigfillset(&all);
        if (strcmp(how, "blocked") == 0)
            sigprocmask(SIG_SETMASK, &all, NULL);
        for (int i = 1; strcmp(how, "ignored") == 0 && i < NSIG; i++)
            signal(i, SIG_IGN);
        if (strcmp(how, "closed") == 0 && mprotect(value, sizeof *value, PROT_NONE) == 0)
            _exit(*(volatile int *)value);
        *value = 1;
        _exit(98);
    }
    int status;
    sure(waitpid(child, &status, 0), "waitpid");
    printf("child killed by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
