#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    struct rlimit little = {4096, 4096}, before;
    int id = shmget(24601, 4, IPC_CREAT | IPC_EXCL | 0600);
    getrlimit(RLIMIT_AS, &before);
    if (fork() == 0)
        _exit(prlimit(getppid(), RLIMIT_AS, &little, &before) != 0); /* a parent's, from its child */
    wait(NULL);
    if (shmat(id, NULL, 0) == (void *)-1)
        perror("shmat");
    shmctl(id, IPC_RMID, NULL);
    return 1;
}
