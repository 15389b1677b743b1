// semaphore_waits ignored|handled|for_ever: waits for a semaphore while a signal comes that is
// ignored (a child ends), or one that has a handler, or nothing at all.
#include "program.h"

#include <sys/sem.h>

static void on_signal(int number)
{
    (void)number;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "ignored";
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sure(sigaction(SIGUSR1, &action, NULL), "sigaction");
    int set = (int)sure(semget(IPC_PRIVATE, 1, 0600), "semget");
    struct sembuf down = {0, -1, 0}, up = {0, 1, 0};
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        usleep(50000);
        if (strcmp(how, "ignored") == 0 && sure(fork(), "fork") > 0)
            _exit(0); /* its SIGCHLD goes to who waits, its own child goes on */
        if (strcmp(how, "ignored") == 0) {
            usleep(50000);
            sure(semop(set, &up, 1), "semop");
        } else if (strcmp(how, "handled") == 0) {
            kill(getppid(), SIGUSR1);
        }
        _exit(0);
    }
    int got = semop(set, &down, 1);
    puts(got == 0 ? "got it" : strerrorname_np(errno));
    sure(semctl(set, 0, IPC_RMID), "semctl");
    return 0;
}
