#define _GNU_SOURCE
/* tally [VALUE ...]: one child for each value, one segment with a slot for each child.
 * The page to this exercise: assignment/6-tally */
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


#include "slots.h"
static int tally(int count, const int values[])
{
    board_t board;
    if (!board_new(&board, count)) return EXIT_FAILURE;
    int made = 0, ok = 1;
    while (made < count) {
        pid_t p = fork();
        if (p < 0) { perror("tally: fork"); ok = 0; break; }
        if (p == 0) exit(board_put(made, values[made]) ? EXIT_SUCCESS : EXIT_FAILURE);
        made++;
    }
    while (made) {
        int st;
        pid_t p = waitpid(-1, &st, 0);
        if (p == -1 && errno == EINTR) continue;
        made--;
        if (p == -1 || st != 0) { fprintf(stderr, "tally: child %d: status %d\n", (int)p, st); ok = 0; }
    }
    long long sum;
    ok = ok && board_sum(&board, &sum);
    if (ok) printf("total: %lld\n", sum);
    board_end(&board);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
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
