#define _GNU_SOURCE
/* keeper create|write|read|remove: a segment outlives the program that made it.
 * The page to this exercise: assignment/4-keeper */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "segment.h"

static int fail(const char *what)
{
    fprintf(stderr, "keeper: %s: %s\n", what, strerror(errno));
    return EXIT_FAILURE;
}

static int keeper_create(key_t key, size_t size)
{
    if (segment_create(key, size) == -1)
        return fail("create");
    return EXIT_SUCCESS;
}

static int keeper_write(key_t key, const char *text)
{
    int d = segment_access(key);
    if (d == -1)
        return fail("access");
    long size = segment_size(d);
    if (size == -1)
        return fail("size");
    if (strlen(text) + 1 > (size_t)size) {
        fputs("keeper: the text does not fit\n", stderr);
        return EXIT_FAILURE;
    }
    char *p = segment_attach(d, false);
    if (p == NULL)
        return fail("attach");
    strcpy(p, text + strspn(text, " "));
    if (segment_detach(p) == -1)
        return fail("detach");
    return EXIT_SUCCESS;
}

static int keeper_read(key_t key)
{
    int d = segment_access(key);
    if (d == -1)
        return fail("access");
    const char *p = segment_attach(d, true);
    if (p == NULL)
        return fail("attach");
    printf("value: %s\n", p);
    if (segment_detach(p) == -1)
        return fail("detach");
    return EXIT_SUCCESS;
}

static int keeper_remove(key_t key)
{
    int d = segment_access(key);
    if (d == -1)
        return fail("access");
    if (segment_remove(d) == -1)
        return fail("remove");
    return EXIT_SUCCESS;
}

/* ---- Given: from here on nothing is left to write. --------------------------------------- */

/* Reads a decimal int: "12" and "-7", but not "", "7x", " 7" or a number that does not fit. */
static bool read_int(const char *text, int *number)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;

    errno = 0;
    long value = strtol(text, NULL, 10);
    if (errno != 0 || value < INT_MIN || value > INT_MAX)
        return false;

    *number = (int)value;
    return true;
}

int main(int argc, char *argv[])
{
    const char *command = argc >= 3 ? argv[1] : "";
    int key = 0; /* no key at all: 0 is IPC_PRIVATE */
    int size;

    if (argc >= 3 && read_int(argv[2], &key) && key != 0) {
        if (strcmp(command, "create") == 0 && argc == 4 && read_int(argv[3], &size) && size >= 0)
            return keeper_create(key, (size_t)size);
        if (strcmp(command, "write") == 0 && argc == 4)
            return keeper_write(key, argv[3]);
        if (strcmp(command, "read") == 0 && argc == 3)
            return keeper_read(key);
        if (strcmp(command, "remove") == 0 && argc == 3)
            return keeper_remove(key);
    }

    fputs("usage: keeper create KEY SIZE | write KEY TEXT | read KEY | remove KEY"
          " (decimal numbers; KEY is not 0)\n",
          stderr);
    return 2;
}
