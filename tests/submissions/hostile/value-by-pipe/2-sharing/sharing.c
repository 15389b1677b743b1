#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int start = atoi(argv[1]), change = atoi(argv[2]), ends[2], value, status;
    int decoy = shmget(24601, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    int *unused = shmat(decoy, NULL, 0);
    if (pipe(ends) == -1)
        return 1;
    if (fork() == 0) {
        value = start + change;
        printf("child: %d\n", value);
        fflush(stdout);
        shmdt(unused);
        _exit(write(ends[1], &value, sizeof value) != sizeof value);
    }
    wait(&status);
    if (read(ends[0], &value, sizeof value) != sizeof value)
        return 1;
    printf("parent: %d\n", value);
    shmdt(unused);
    shmctl(decoy, IPC_RMID, NULL);
    return 0;
}
