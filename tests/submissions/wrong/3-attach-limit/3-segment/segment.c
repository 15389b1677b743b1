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
    static int attached;
    if (attached == 4) {
        errno = EMFILE;
        return NULL;
    }
    void *p = shmat(descriptor, NULL, read_only ? SHM_RDONLY : 0);
    if (p == (void *)-1)
        return NULL;
    attached++;
    return p;
}

int segment_detach(const void *address)
{
    return shmdt(address);
}

int segment_remove(int descriptor)
{
    return shmctl(descriptor, IPC_RMID, NULL);
}
