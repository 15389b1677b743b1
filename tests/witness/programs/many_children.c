// COUNT children one after the other, CALLS traced calls in each: many_children COUNT CALLS
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 1000);
    int calls = number(argc, argv, 2, 100);
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    struct shmid_ds about;
    for (int i = 0; i < count; i++) {
        if (sure(fork(), "fork") == 0) {
            for (int j = 0; j < calls; j++)
                sure(shmctl(id, IPC_STAT, &about), "shmctl");
            _exit(0);
        }
        sure(wait(NULL), "wait");
    }
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
