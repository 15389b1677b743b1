#include "segment.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int segment_create(key_t key, size_t size)
{
    int id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1)
        return -1;
    char *zeros = malloc(size);
    char *memory = shmat(id, NULL, 0);
    if (memory == (char *)-1) {
        int saved = errno;
        free(zeros);
        shmctl(id, IPC_RMID, NULL);
        errno = saved;
        return -1;
    }
    for (size_t i = 0; i <= size; i++)
        zeros[i] = 0;
    memcpy(memory, zeros, size);
    shmdt(memory);
    free(zeros);
    return id;
}

int segment_access(key_t key)
{
    return shmget(key, 0, 0);
}

void *segment_attach(int descriptor, bool read_only)
{
    void *address = shmat(descriptor, NULL, read_only ? SHM_RDONLY : 0);
    if (address == (void *)-1)
        return NULL;
    return address;
}

int segment_detach(const void *address)
{
    return shmdt(address);
}

int segment_remove(int descriptor)
{
    return shmctl(descriptor, IPC_RMID, NULL);
}
