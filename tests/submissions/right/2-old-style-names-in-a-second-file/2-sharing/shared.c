#include "shared.h"

#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>

static int id = -1;

int *memory_open(key_t key)
{
    id = shmget(key, sizeof(int), IPC_CREAT | 0660);
    if (id == -1) {
        perror("shmget");
        return NULL;
    }
    void *address = shmat(id, NULL, 0);
    if (address == (void *)-1) {
        perror("shmat");
        memory_destroy();
        return NULL;
    }
    return address;
}

int memory_leave(int *memory)
{
    return shmdt(memory) == -1;
}

void memory_destroy(void)
{
    if (shmctl(id, IPC_RMID, NULL) == -1)
        perror("shmctl");
}
