#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/sem.h>
int main(void)
{
    char byte;
    int ends[2], id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    struct sembuf take = {0, -1, 0};
    (void)!read(0, &byte, 1);
    semop(id, &take, 1);
    (void)!pipe(ends);
    (void)!read(ends[0], &byte, 1);
    return 0;
}
