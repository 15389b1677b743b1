/* The five operations of a shared memory segment, one function each. segment.h says what each one
 * promises; the page to this exercise is assignment/3-segment, with a section for each function.
 *
 * All five: print nothing, keep nothing between two calls (no static variables), and leave errno
 * as the system call set it. Until a function is written it fails with errno ENOSYS. */
#include "segment.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* TODO "segment_create": one shmget. Which flags create a new segment, which one refuses a key that
 * is taken, and which permissions let the owner read and write? */
int segment_create(key_t key, size_t size)
{
    (void)key; /* delete these lines when you start */
    (void)size;
    errno = ENOSYS;
    return -1;
}

/* TODO "segment_access": one shmget that finds a segment of any size and never creates one. */
int segment_access(key_t key)
{
    (void)key; /* delete these lines when you start */
    errno = ENOSYS;
    return -1;
}

/* TODO "segment_attach": one shmat. With read_only the memory must not be writable.
 * Mind what shmat returns when it fails: it is not NULL, but this function returns NULL. */
void *segment_attach(int shmid, bool read_only)
{
    (void)shmid; /* delete these lines when you start */
    (void)read_only;
    errno = ENOSYS;
    return NULL;
}

/* TODO "segment_detach": one shmdt, and its result. */
int segment_detach(const void *address)
{
    (void)address; /* delete these lines when you start */
    errno = ENOSYS;
    return -1;
}

/* TODO "segment_remove": one shmctl, and its result. */
int segment_remove(int shmid)
{
    (void)shmid; /* delete these lines when you start */
    errno = ENOSYS;
    return -1;
}
