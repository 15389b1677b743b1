// Children that count in a segment and ask again and again, until their parent kills them.
#include "program.h"

enum { CHILDREN = 8 };

int main(void)
{
    struct shmid_ds state;
    pid_t children[CHILDREN];
    int segment = (int)sure(shmget(IPC_PRIVATE, sizeof(int) * CHILDREN, 0600), "shmget");
    volatile int *counts = sure_address(shmat(segment, NULL, 0), "shmat");
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = (pid_t)sure(fork(), "fork");
        while (children[i] == 0) {
            sure(shmctl(segment, IPC_STAT, &state), "shmctl");
            counts[i]++;
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        while (counts[i] == 0)
            ;
        sure(kill(children[i], SIGKILL), "kill");
    }
    for (int i = 0; i < CHILDREN; i++)
        sure(wait(NULL), "wait");
    sure(shmctl(segment, IPC_RMID, NULL), "shmctl");
    say("parent\n");
    return 0;
}
