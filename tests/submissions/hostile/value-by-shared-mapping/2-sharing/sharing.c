#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int decoy = shmget(24601, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    int *unused = shmat(decoy, NULL, 0);
    *shared = atoi(argv[1]);
    if (fork() == 0) {
        *shared += atoi(argv[2]);
        printf("child: %d\n", *shared);
        fflush(stdout);
        shmdt(unused);
        _exit(0);
    }
    wait(NULL);
    printf("parent: %d\n", *shared);
    shmdt(unused);
    shmctl(decoy, IPC_RMID, NULL);
    return 0;
}
