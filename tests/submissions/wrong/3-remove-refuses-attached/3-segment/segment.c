#include "segment.h"
#include <errno.h>
#include <string.h>
#include <stdio.h>
int segment_create(key_t key, size_t size)
{
    return shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
}

int segment_access(key_t key)
{
    return shmget(key, 0, 0);
}

void *segment_attach(int descriptor, bool read_only)
{
    void *p = shmat(descriptor, NULL, read_only ? SHM_RDONLY : 0);
    return p == (void *)-1 ? NULL : p;
}

int segment_detach(const void *address)
{
    return shmdt(address);
}

int segment_remove(int descriptor)
{
    struct shmid_ds ds;
    if (shmctl(descriptor, IPC_STAT, &ds) == -1)
        return -1;
    if (ds.shm_nattch > 0) {
        errno = EBUSY;
        return -1;
    }
    return shmctl(descriptor, IPC_RMID, NULL);
}
