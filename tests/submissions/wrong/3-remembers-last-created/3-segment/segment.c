#include "segment.h"
#include <errno.h>
#include <string.h>
#include <stdio.h>
static key_t last_key; static int last_id = -1;
int segment_create(key_t key, size_t size)
{
    int id = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
    if (id != -1) { last_key = key; last_id = id; }
    return id;
}

int segment_access(key_t key)
{
    if (last_id != -1 && key == last_key)
        return last_id;
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
