#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
int main(void)
{
    int id = shmget(24601, 4, IPC_CREAT | IPC_EXCL | 0600);
    if (shmat(id, (void *)-4096, 0) == (void *)-1)
        perror("shmat");
    shmctl(id, IPC_RMID, NULL);
    return 1;
}
