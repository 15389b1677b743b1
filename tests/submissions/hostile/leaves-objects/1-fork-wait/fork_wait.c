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
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | (i % 2 ? 0600 : 0));
            shmat(id, NULL, 0);
            semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
            msgget(IPC_PRIVATE, IPC_CREAT | 0);
            _exit(0);
        }
    while (wait(NULL) != -1)
        ;
    return 0;
}
