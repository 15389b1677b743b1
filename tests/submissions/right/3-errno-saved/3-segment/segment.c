#include "segment.h"
#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* gives the result back with errno as the call set it */
static int keep(int result, int saved)
{
	if (result == -1)
		errno = saved;
	return result;
}

int segment_create(key_t key, size_t size)
{
	int r = shmget(key, size, IPC_CREAT|IPC_EXCL|0666);
	return keep(r, errno);
}

int segment_access(key_t key)
{
	int r = shmget(key, 0, 0666);
	return keep(r, errno);
}

void *segment_attach(int descriptor, bool read_only)
{
	int flags = 0;
	void *memory;
	int saved;

	if (read_only)
		flags |= SHM_RDONLY;
	memory = shmat(descriptor, NULL, flags);
	if (memory == (void *)-1) {
		saved = errno;
		memory = NULL;
		errno = saved;
	}
	return memory;
}

int segment_detach(const void *address)
{
	int r = shmdt(address);
	return keep(r, errno);
}

int segment_remove(int descriptor)
{
	int r = shmctl(descriptor, IPC_RMID, NULL);
	return keep(r, errno);
}
