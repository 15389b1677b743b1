/* keeper create|write|read|remove: a segment outlives the program that made it.
 * The page for this exercise: assignment/4-keeper */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "segment.h"

/* Each of the four returns the exit status of the program. */

static int keeper_create(key_t key, size_t size)
{
    if (segment_access(key) != -1) {
        fputs("keeper: the key is taken\n", stderr);
        return EXIT_FAILURE;
    }
    if (shmget(key, size, IPC_CREAT | 0600) == -1) {
        perror("keeper: cannot create the segment");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int keeper_write(key_t key, const char *text)
{
    int shmid = segment_access(key);
    if (shmid == -1) {
        perror("keeper: cannot access the segment");
        return EXIT_FAILURE;
    }

    long size = segment_size(shmid);
    if (size == -1) {
        perror("keeper: cannot tell the size of the segment");
        return EXIT_FAILURE;
    }
    size_t needed = strlen(text) + 1; /* the text and its ending zero */
    if (needed > (size_t)size) {
        fputs("keeper: the text does not fit in the segment\n", stderr);
        return EXIT_FAILURE;
    }

    char *stored = segment_attach(shmid, false);
    if (stored == NULL) {
        perror("keeper: cannot attach the segment");
        return EXIT_FAILURE;
    }

    memcpy(stored, text, needed);

    if (segment_detach(stored) == -1) {
        perror("keeper: cannot detach the segment");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int keeper_read(key_t key)
{
    int shmid = segment_access(key);
    if (shmid == -1) {
        perror("keeper: cannot access the segment");
        return EXIT_FAILURE;
    }

    long size = segment_size(shmid);
    if (size == -1) {
        perror("keeper: cannot tell the size of the segment");
        return EXIT_FAILURE;
    }

    const char *stored = segment_attach(shmid, true);
    if (stored == NULL) {
        perror("keeper: cannot attach the segment");
        return EXIT_FAILURE;
    }

    /* Never more than the segment holds; and handed over at once, on a terminal and in a pipe. */
    int result = EXIT_SUCCESS;
    if (printf("value: %.*s\n", (int)size, stored) < 0 || fflush(stdout) == EOF) {
        perror("keeper: stdout");
        result = EXIT_FAILURE;
    }

    if (segment_detach(stored) == -1) {
        perror("keeper: cannot detach the segment");
        return EXIT_FAILURE;
    }
    return result;
}

static int keeper_remove(key_t key)
{
    int shmid = segment_access(key);
    if (shmid == -1) {
        perror("keeper: cannot access the segment");
        return EXIT_FAILURE;
    }

    if (segment_remove(shmid) == -1) {
        perror("keeper: cannot remove the segment");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
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
