// Calls that fail by themselves: ENOENT, EEXIST, EINVAL (size 0), EINVAL (shmat, shmdt, shmctl).
#include "program.h"

int main(void)
{
    shmget(24602, 0, 0);
    int id = (int)sure(shmget(24601, 4, IPC_CREAT | 0600), "shmget");
    shmget(24601, 4, IPC_CREAT | IPC_EXCL | 0600);
    shmget(24603, 0, IPC_CREAT | 0600);
    shmat(-1, NULL, 0);
    shmdt("nothing attached here");
    shmctl(-1, IPC_RMID, NULL);
    struct shmid_ds about;
    sure(shmctl(id, IPC_STAT, &about), "shmctl");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
