#include "segment.h"
#include <errno.h>
#include <string.h>

int segment_create(key_t key, size_t size)
{
    int d = shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);
    return d;
}
int segment_access(key_t key)
{
    int d = shmget(key, 0, 0);
    return d;
}
static void *last;
void *segment_attach(int descriptor, bool read_only)
{
    void *p = shmat(descriptor, NULL, read_only ? SHM_RDONLY : 0);
    if (p == (void *)-1)
        return NULL;
    return last = p;
}
int segment_detach(const void *address)
{
    int r = shmdt(last ? last : address);
    return r;
}
int segment_remove(int descriptor)
{
    int r = shmctl(descriptor, IPC_RMID, NULL);
    return r;
}
