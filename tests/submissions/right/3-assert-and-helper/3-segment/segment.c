#include "segment.h"

#include <assert.h>

#include "open.h"

int segment_create(key_t key, size_t size)
{
    return open_segment(key, size, IPC_CREAT | IPC_EXCL | 0640);
}

int segment_access(key_t key)
{
    return open_segment(key, 0, 0);
}

void *segment_attach(int descriptor, bool read_only)
{
    void *address = shmat(descriptor, NULL, read_only ? SHM_RDONLY : 0);
    assert(address != NULL);
    return address == (char *)-1 ? NULL : address;
}

int segment_detach(const void *address)
{
    return shmdt(address);
}

int segment_remove(int descriptor)
{
    struct shmid_ds unused;
    return shmctl(descriptor, IPC_RMID, &unused);
}
