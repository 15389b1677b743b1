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
    int one = shmget(24601, 4, IPC_CREAT | 0600), two = shmget(24602, 4, IPC_CREAT | 0600);
    int *a = shmat(one, NULL, 0), *b = shmat(two, NULL, 0);
    *a = atoi(argv[1]);
    if (fork() == 0) {
        *b = *a + atoi(argv[2]);
        printf("child: %d\n", *b);
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    printf("parent: %d\n", *b);
    shmdt(b);
    shmdt(a);
    shmctl(two, IPC_RMID, NULL);
    shmctl(one, IPC_RMID, NULL);
    return 0;
}
