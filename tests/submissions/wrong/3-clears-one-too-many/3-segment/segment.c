#include "segment.h"
#include <errno.h>
#include <string.h>
#include <stdio.h>
int segment_create(key_t key, size_t size)
{
    int id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1)
        return -1;
    char *p = shmat(id, NULL, 0);
    if (p == (void *)-1) {
        int e = errno;
        shmctl(id, IPC_RMID, NULL);
        errno = e;
        return -1;
    }
    memset(p, 0, size + 1);
    shmdt(p);
    return id;
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
    return shmctl(descriptor, IPC_RMID, NULL);
}
