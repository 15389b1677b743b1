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
    for (int i = 0; i < 40000; i++)
        if (shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600) == -1)
            break;
    for (int i = 0; i < 400; i++) {
        semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
        msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    }
    return 0;
}
