/* @program@ VALUE: (what it does, in a line).
 * The page for this exercise: assignment/@id@ */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Yours to write. Returns the exit status of the program: EXIT_SUCCESS, or EXIT_FAILURE after one
 * line on stderr that says what failed. Each TODO names a section of assignment/@id@. */
static int @program@(int value)
{
    /* TODO "The value": print "value: " and the value. */

    (void)value; /* delete this line when you start */
    fputs("@program@: not written yet: start with assignment/@id@\n", stderr);
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
        fputs("usage: @program@ VALUE (a decimal number)\n", stderr);
        return 2;
    }
    return @program@(value);
}
