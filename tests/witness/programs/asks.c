// The parent asks whether its child is done, and how: asks HOW [TIMES], gives up after so many.
#include "program.h"
#include <errno.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/shm.h>

static int is_done(const char *how, pid_t child, int segment)
{
    struct shmid_ds state;
    if (strcmp(how, "wait") == 0)
        return sure(waitpid(child, NULL, WNOHANG), "waitpid") != 0;
    if (strcmp(how, "segment") == 0)
        return shmget(24601, 0, 0) != -1;
    if (strcmp(how, "signal") == 0)
        return kill(child, 0) == -1;
    sure(shmctl(segment, IPC_STAT, &state), "shmctl");
    return state.shm_nattch > 0;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "wait";
    int times = argc > 2 ? atoi(argv[2]) : -1;
    int segment = sure(shmget(IPC_PRIVATE, 4, IPC_CREAT | 0600), "shmget");
    signal(SIGCHLD, strcmp(how, "signal") == 0 ? SIG_IGN : SIG_DFL);
    pid_t child = sure(fork(), "fork");
    if (child == 0) {
        say("child\n");
        if (strcmp(how, "segment") == 0)
            sure(shmget(24601, 4, IPC_CREAT | 0600), "shmget");
        if (strcmp(how, "attached") == 0)
            shmat(segment, NULL, 0);
        _exit(0);
    }
    for (int asked = 0; asked != times && !is_done(how, child, segment); asked++)
        usleep(100);
    say("parent\n");
    return 0;
}
