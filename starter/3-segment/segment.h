/* segment.h: the five operations of a shared memory segment. Given: don't change it.
 *
 * Each function makes one system call, prints nothing, and keeps no state between two calls. When
 * the call fails, errno stays as the call set it. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>

/* Creates a new segment of SIZE bytes, all zeros, that its owner may read and write.
 * Returns its identifier, or -1 (errno is EEXIST if there is already one with this key). */
int segment_create(key_t key, size_t size);

/* Finds an existing segment, of any size. Returns its identifier, or -1 (errno is ENOENT if
 * there is none with this key). */
int segment_access(key_t key);

/* Attaches a segment at an address that the system chooses; with READ_ONLY it can be read but
 * not written. Returns the address, or NULL. */
void *segment_attach(int shmid, bool read_only);

/* Detaches what segment_attach returned. Returns 0, or -1. */
int segment_detach(const void *address);

/* Removes a segment. Returns 0, or -1. */
int segment_remove(int shmid);

/* The size of a segment in bytes, or -1. */
static inline long segment_size(int shmid)
{
    struct shmid_ds facts;

    if (shmctl(shmid, IPC_STAT, &facts) == -1)
        return -1;
    return (long)facts.shm_segsz;
}

#endif
