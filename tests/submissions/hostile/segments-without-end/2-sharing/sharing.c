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
    long made = 0;
    for (int i = 0; i < 100000; i++) {
        int id = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600);
        if (id == -1)
            break;
        char *bytes = shmat(id, NULL, 0);
        if (i % 2 == 0)
            shmctl(id, IPC_RMID, NULL);
        if (bytes != (char *)-1)
            memset(bytes, 1, 1 << 20);
        made++;
    }
    printf("%ld\n", made);
    return 0;
}
