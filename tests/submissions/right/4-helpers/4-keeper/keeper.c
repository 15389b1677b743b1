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
struct open_segment {
    int descriptor;
    size_t size;
    char *text;
};

static bool complain(const char *what, key_t key)
{
    fprintf(stderr, "keeper: %s (key %d): %s\n", what, (int)key, strerror(errno));
    return false;
}

static bool enter(struct open_segment *segment, key_t key, bool read_only)
{
    segment->descriptor = segment_access(key);
    if (segment->descriptor < 0)
        return complain("no such segment", key);

    long size = segment_size(segment->descriptor);
    if (size < 0)
        return complain("size unknown", key);
    segment->size = (size_t)size;

    segment->text = segment_attach(segment->descriptor, read_only);
    return segment->text != NULL || complain("cannot attach", key);
}

static bool leave(struct open_segment *segment, key_t key)
{
    return segment_detach(segment->text) == 0 || complain("cannot detach", key);
}

static int keeper_create(key_t key, size_t size)
{
    return segment_create(key, size) >= 0 || complain("cannot create", key) ? 0 : 1;
}

static int keeper_write(key_t key, const char *text)
{
    struct open_segment segment;

    if (!enter(&segment, key, false))
        return 1;

    bool fits = strlen(text) < segment.size;
    if (fits)
        snprintf(segment.text, segment.size, "%s", text);
    else
        fputs("keeper: text too long\n", stderr);
    return leave(&segment, key) && fits ? 0 : 1;
}

static int keeper_read(key_t key)
{
    struct open_segment segment;

    if (!enter(&segment, key, true))
        return 1;
    fputs("value: ", stdout);
    puts(segment.text);
    return leave(&segment, key) ? 0 : 1;
}

static int keeper_remove(key_t key)
{
    int descriptor = segment_access(key);

    if (descriptor < 0)
        return complain("no such segment", key), 1;
    return segment_remove(descriptor) == 0 || complain("cannot remove", key) ? 0 : 1;
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
