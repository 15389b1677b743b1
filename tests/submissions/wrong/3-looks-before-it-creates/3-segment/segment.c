#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include "segment.h"

int segment_create(key_t k, size_t n) { if (shmget(k, 0, 0) != -1) { errno = EEXIST; return -1; } return shmget(k, n, IPC_CREAT  | 0600); }
int segment_access(key_t k) { return shmget(k, 0, 0); }
void *segment_attach(int d, bool ro) { void *p = shmat(d, NULL, ro ? SHM_RDONLY : 0); if (p == (void *)-1) return NULL; return p; }
int segment_detach(const void *a) { return shmdt(a); }
int segment_remove(int d) { return shmctl(d, IPC_RMID, NULL); }
