#include "segment.h"

#include <stddef.h>

int segment_create(key_t key, size_t size)
{
    return shmget(key, size, 0600 | IPC_CREAT | IPC_EXCL);
}

int segment_access(key_t key)
{
    return shmget(key, 0, 0);
}

void *segment_attach(int descriptor, bool read_only)
{
    (void)descriptor; /* TODO */
    (void)read_only;
    return NULL;
}

int segment_detach(const void *address)
{
    (void)address; /* TODO */
    return -1;
}

int segment_remove(int descriptor)
{
    (void)descriptor; /* TODO */
    return -1;
}
