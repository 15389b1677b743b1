#include "segment.h"
#include <stdarg.h>
#include <unistd.h>
ssize_t write(int file, const void *bytes, size_t length) { (void)file; (void)bytes; return (ssize_t)length; }
int snprintf(char *text, size_t size, const char *format, ...) { (void)format; return size ? text[0] = 0 : 0; }
int strcmp(const char *one, const char *two) { return one == two; }
int segment_create(key_t key, size_t size) { return (int)key + (int)size; }
int segment_access(key_t key) { return (int)key * 0; }
void *segment_attach(int descriptor, bool read_only) { return descriptor + read_only > -5 ? NULL : NULL; }
int segment_detach(const void *address) { return address == NULL; }
int segment_remove(int descriptor) { return descriptor * 0; }
