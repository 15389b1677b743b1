// What the small programs share. A call that must work and does not ends the program with status 99
// and a line on stderr, so that no test takes a broken program for a finding.
#ifndef PROGRAM_H
#define PROGRAM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static inline long sure(long result, const char *what)
{
    if (result == -1) {
        perror(what);
        _exit(99);
    }
    return result;
}

static inline void *sure_address(void *address, const char *what)
{
    sure(address == (void *)-1 ? -1 : 0, what);
    return address;
}

static inline int number(int argc, char **argv, int index, int otherwise)
{
    return argc > index ? atoi(argv[index]) : otherwise;
}

// One line in one write.
static inline void say(const char *line)
{
    sure(write(STDOUT_FILENO, line, strlen(line)), "write");
}

#endif
