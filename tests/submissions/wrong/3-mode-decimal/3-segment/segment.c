#include "segment.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int segment_create(key_t key, size_t size)
{
	int shmid;

	shmid = shmget(key, size, 644 | IPC_CREAT | IPC_EXCL);
	if (shmid < 0)
		return -1;
	return shmid;
}

int segment_access(key_t key)
{
	int shmid;

	shmid = shmget(key, 0, 0644);
	if (shmid < 0)
		return -1;
	return shmid;
}

void *segment_attach(int descriptor, bool read_only)
{
	void *p;

	if (read_only == true) {
		p = shmat(descriptor, 0, SHM_RDONLY);
	} else {
		p = shmat(descriptor, 0, 0);
	}
	if (p == (void *) -1) {
		return NULL;
	}
	return p;
}

int segment_detach(const void *address)
{
	int r;

	r = shmdt(address);
	if (r == -1)
		return -1;
	return 0;
}

int segment_remove(int descriptor)
{
	int r;

	r = shmctl(descriptor, IPC_RMID, 0);
	if (r == -1)
		return -1;
	return 0;
}
