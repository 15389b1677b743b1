#include "segment.h"

#include <stdint.h>
#include <sys/stat.h>

enum { OWNER = S_IRUSR | S_IWUSR };

int segment_create(key_t key, size_t size) { return shmget(key, size, OWNER | IPC_EXCL | IPC_CREAT); }
int segment_access(key_t key) { return shmget(key, 0, OWNER); }
int segment_detach(const void *address) { return shmdt(address) ? -1 : 0; }
int segment_remove(int descriptor) { return shmctl(descriptor, IPC_RMID, &(struct shmid_ds){0}); }

void *segment_attach(int descriptor, bool read_only)
{
    void *p = shmat(descriptor, (void *)0, SHM_RND | SHM_RDONLY * read_only);
    return (intptr_t)p == -1 ? NULL : p;
}
