// The parent stores a value before the fork; the child prints what it reads, then the parent does.
#include "program.h"

int main(void)
{
    int id = (int)sure(shmget(24604, sizeof(int), IPC_CREAT | 0600), "shmget");
    int *shared = sure_address(shmat(id, NULL, 0), "shmat");
    *shared = 1000003;
    if (sure(fork(), "fork") == 0) {
        printf("%d\n", *shared);
        exit(0);
    }
    sure(wait(NULL), "wait");
    printf("%d\n", *shared);
    sure(shmdt(shared), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
