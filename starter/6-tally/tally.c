/* tally [VALUE ...]: one child for each value, one segment with a slot for each child.
 * The page for this exercise: assignment/6-tally */
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
#define MAX_VALUES 64

/* Yours to write: there are count values, 0 to MAX_VALUES. Returns the exit status of the program:
 * EXIT_SUCCESS, or EXIT_FAILURE after one line on stderr that says what failed. Each TODO names
 * a section of assignment/6-tally. */
static int tally(int count, const int values[])
{
    /* TODO "A slot for each child": the parent creates one segment with KEY that has a slot for
     * each child. */

    /* TODO "One child for each value": fork once for each value. */

    /* TODO "Find it by its key": each child finds the segment by its key, attaches it, puts the
     * square of its value into its own slot, detaches it and exits. */

    /* TODO "Wait for all": the parent waits for every child and checks every status. */

    /* TODO "The total": only then it adds up the slots and prints "total: " and the sum. */

    /* TODO "Remove, once": the parent removes the segment. */

    /* TODO "When a fork fails half-way": some children already run. Wait for those, remove the
     * segment, one line on stderr, EXIT_FAILURE, no "total: " line. */

    (void)count; /* delete these lines when you start */
    (void)values;
    fputs("tally: not written yet: start with assignment/6-tally\n", stderr);
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

/* Reads a VALUE: a decimal number whose square fits in an int. */
static bool read_value(const char *text, int *value)
{
    return read_int(text, value) && *value >= -46340 && *value <= 46340;
}

int main(int argc, char *argv[])
{
    int values[MAX_VALUES];
    int count = argc - 1;

    bool right = count >= 0 && count <= MAX_VALUES;
    for (int i = 0; right && i < count; i++)
        right = read_value(argv[i + 1], &values[i]);
    if (!right) {
        fputs("usage: tally [VALUE ...] (at most 64 decimal numbers, -46340 to 46340)\n", stderr);
        return 2;
    }
    return tally(count, values);
}
