#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
int main(void)
{
    struct shmid_ds about;
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            int id = shmget(7000000 + i, 4096, IPC_CREAT | 0600);
            shmctl(id, IPC_STAT, &about);
            about.shm_perm.uid = 12;
            shmctl(id, IPC_SET, &about);
            _exit(0);
        }
    while (wait(NULL) != -1)
        ;
    return 0;
}
