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
    int sum = atoi(argv[1]) + atoi(argv[2]);
    int segment = shmget(24601, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    int *shared = shmat(segment, NULL, 0);
    if (fork() == 0) {
        printf("child: %d\n", sum);
        fflush(stdout);
        shmdt(shared);
        _exit(0);
    }
    wait(NULL);
    *shared = sum;
    printf("parent: %d\n", *shared);
    shmdt(shared);
    shmctl(segment, IPC_RMID, NULL);
    return 0;
}
