/* keeper create|write|read|remove: a segment outlives the program that created it.
 * The page for this exercise: assignment/4-keeper */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "segment.h"

/* Yours to write: the four functions below. Each one is called for its command, and returns the
 * exit status of the program: EXIT_SUCCESS, or EXIT_FAILURE after one line on stderr that says
 * what failed. Use your functions from exercise 3. Each TODO names a section of
 * assignment/4-keeper; "When something fails" there is about all four. */

static int not_written_yet(void)
{
    fputs("keeper: not written yet: start with assignment/4-keeper\n", stderr);
    return EXIT_FAILURE;
}

static int keeper_create(key_t key, size_t size)
{
    /* TODO "create": create a new segment of size bytes. Print nothing. Fail if the key is taken.
     */

    (void)key; /* delete these lines when you start */
    (void)size;
    return not_written_yet();
}

static int keeper_write(key_t key, const char *text)
{
    /* TODO "write": find the segment, attach it, store text and its terminating null byte,
     * detach it. Fail, and change nothing, if there is no such segment or the text does not fit. */

    (void)key; /* delete these lines when you start */
    (void)text;
    return not_written_yet();
}

static int keeper_read(key_t key)
{
    /* TODO "read": find the segment, attach it read-only, print "value: " and the text that is
     * stored in it, detach it. Fail if there is no such segment. */

    (void)key; /* delete this line when you start */
    return not_written_yet();
}

static int keeper_remove(key_t key)
{
    /* TODO "remove": find the segment and remove it. Fail if there is none. */

    (void)key; /* delete this line when you start */
    return not_written_yet();
}

/* ---- Given: the code below is complete. -------------------------------------------------- */

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
