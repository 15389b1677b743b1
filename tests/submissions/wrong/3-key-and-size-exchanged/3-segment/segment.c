/* The five operations of a shared memory segment, one function each; segment.h says what each
 * one promises. The page for this exercise: assignment/3-segment */
#include "segment.h"

#include <stddef.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int segment_create(key_t key, size_t size)
{
    return shmget(size, key, IPC_CREAT | IPC_EXCL | 0600);
}

int segment_access(key_t key)
{
    return shmget(key, 0, 0);
}

void *segment_attach(int shmid, bool read_only)
{
    void *address = shmat(shmid, NULL, read_only ? SHM_RDONLY : 0);
    if (address == (void *)-1)
        return NULL;
    return address;
}

int segment_detach(const void *address)
{
    return shmdt(address);
}

int segment_remove(int shmid)
{
    return shmctl(shmid, IPC_RMID, NULL);
}
