#include "open.h"

#include <sys/ipc.h>
#include <sys/shm.h>

int open_segment(key_t key, size_t size, int flags)
{
    return shmget(key, size, flags);
}
