/* read_only VALUE: a write to memory attached with SHM_RDONLY kills the process.
 * The page for this exercise: assignment/5-read-only */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601

/* Yours to write. Returns the exit status of the program: EXIT_SUCCESS, or EXIT_FAILURE after one
 * line on stderr that says what failed. Each TODO names a section of assignment/5-read-only. */
static int read_only(int value)
{
    /* TODO "Create and remove": the parent creates a segment with KEY that holds one int, attaches
     * it and sets the int to value. At the end it detaches and removes it. */

    /* TODO "Attach read-only": fork. The child attaches the segment itself, with SHM_RDONLY, and
     * prints "child: " and the value that it reads there. */

    /* TODO "The write that ends the child": the child writes to the int through its read-only
     * attachment. Before that, fflush(stdout): what is still in the buffer dies with the child. */

    /* TODO "Decode the status": the parent waits, takes the signal's number out of the status and
     * prints "child killed by signal " and the number. */

    /* TODO "Read it back": the parent prints "parent: " and what it reads from the segment. */

    /* TODO "When something fails": one line on stderr, EXIT_FAILURE, no "parent: " line, and the
     * segment is removed anyway. If no signal killed the child, that is a failure too. */

    (void)value; /* delete this line when you start */
    fputs("read_only: not written yet: start with assignment/5-read-only\n", stderr);
    return EXIT_FAILURE;
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
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
