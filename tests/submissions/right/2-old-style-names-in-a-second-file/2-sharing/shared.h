#ifndef SHARED_H
#define SHARED_H

#include <sys/types.h>

int *memory_open(key_t key);
int memory_leave(int *memory);
void memory_destroy(void);

#endif
