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


#define STEP 4096
static int tally(int count, const int values[])
{
    int d = shmget(KEY, MAX_VALUES * STEP, IPC_CREAT | IPC_EXCL | 0600), st, made = 0, rc = 1;
    if (d == -1) { perror("shmget"); return 1; }
    for (; made < count; made++) {
        pid_t c = fork(); if (c == -1) { perror("fork"); break; }
        if (!c) { int k = shmget(KEY, 0, 0); if (k == -1) { perror("c shmget"); exit(1); } char *s = shmat(k, 0, 0); if (s == (void *)-1) { perror("c shmat"); exit(1); } *(int *)(s + made * STEP) = values[made] * values[made]; shmdt(s); exit(0); }
    }
    int bad = made < count; for (int i = 0; i < made; i++) { if (wait(&st) == -1 || st) bad = 1; }
    if (bad) { fprintf(stderr, "tally: failed\n"); goto rm; }
    char *s = shmat(d, 0, 0); if (s == (void *)-1) { perror("shmat"); goto rm; }
    int t = 0; for (int i = 0; i < count; i++) t += *(int *)(s + i * STEP);
    printf("total: %d\n", t); shmdt(s); rc = 0;
rm: shmctl(d, IPC_RMID, 0); return rc;
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
