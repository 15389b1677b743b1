#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
int main(void)
{
    struct shmid_ds about;
    for (int index = 0; index < 200; index++) {
        int id = shmctl(index, 13 /* SHM_STAT */, &about);
        if (id == -1)
            id = shmctl(index, 15 /* SHM_STAT_ANY */, &about);
        char *bytes = id == -1 ? (char *)-1 : shmat(id, NULL, 0);
        if (bytes != (char *)-1)
            printf("%.8s", bytes);
        if (id != -1 && shmctl(id, IPC_RMID, NULL) == 0)
            puts("removed");
    }
    for (int id = 0; id < 200; id++) {
        semctl(id, 0, IPC_RMID);
        msgctl(id, IPC_RMID, NULL);
    }
    return 0;
}
