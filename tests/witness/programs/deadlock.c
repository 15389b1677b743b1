// Nobody can go on: deadlock pipe (parent and child each read from the other) | semaphore | pause
#include "program.h"
#include <sys/sem.h>

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "pipe";
    int ends[2];
    char byte;
    sure(pipe(ends), "pipe");
    int set = -1;
    if (strcmp(how, "semaphore") == 0)
        set = (int)sure(semget(IPC_PRIVATE, 1, 0600), "semget");
    sure(fork(), "fork");
    if (set != -1) {
        struct sembuf take = {.sem_op = -1};
        sure(semop(set, &take, 1), "semop");
    }
    if (strcmp(how, "pause") == 0)
        pause();
    sure(read(ends[0], &byte, 1), "read");
    return 98;
}
