/* The memory of a process that is stopped. */
#ifndef WITNESS_MEMORY_H
#define WITNESS_MEMORY_H

#include <sys/types.h>

/* Reads bytes there: those that can be read up to the first that can't. Returns how many, or -1. */
ssize_t memory_read(pid_t tid, unsigned long long address, void *bytes, size_t count);

#endif
