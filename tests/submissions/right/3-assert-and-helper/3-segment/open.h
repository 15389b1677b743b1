#include <stddef.h>
#include <sys/types.h>

int open_segment(key_t key, size_t size, int flags);
