#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECE = 1024, PIECES = 16 };

/* ptrace(2), access mode checks: process_vm_readv goes by the real uid, /proc by the effective one.
 */
static ssize_t read_by_proc(pid_t tid, unsigned long long address, void *bytes, size_t count)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/mem", tid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory == -1)
        return -1;
    ssize_t got = pread(memory, bytes, count, (off_t)address);
    close(memory);
    return got;
}

ssize_t memory_read(pid_t tid, unsigned long long address, void *bytes, size_t count)
{
    /* In pieces: process_vm_readv(2) reads a piece as a whole or not at all. */
    struct iovec here = {.iov_base = bytes, .iov_len = count}, there[PIECES];
    size_t piece = count > (size_t)PIECE * PIECES ? count : PIECE;
    size_t pieces = 0;
    for (size_t at = 0; at < count; at += piece) {
        size_t length = count - at < piece ? count - at : piece;
        there[pieces++] =
            (struct iovec){.iov_base = (void *)(uintptr_t)(address + at), .iov_len = length};
    }
    ssize_t got = process_vm_readv(tid, &here, 1, there, pieces, 0);
    return got == -1 && errno == EPERM ? read_by_proc(tid, address, bytes, count) : got;
}
