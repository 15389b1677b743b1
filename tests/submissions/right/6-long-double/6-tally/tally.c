/* tally [VALUE ...]: one child for each value, one segment with a slot for each child.
 * The page to this exercise: assignment/6-tally */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601
#define MAX_VALUES 64

static int tally(int count, const int values[])
{
    int id = shmget(KEY, (count + 1) * sizeof(long double),
                    0600 | IPC_CREAT | IPC_EXCL | SHM_NORESERVE),
        rc = 0, n, st;
    if (id == -1)
        return perror("shmget"), 1;
    for (n = 0; n < count; n++) {
        pid_t p = fork();
        if (p == -1) {
            perror("fork");
            rc = 1;
            break;
        }
        if (p)
            continue;
        int d = shmget(KEY, 0, 0);
        long double *s = d == -1 ? (void *)-1 : shmat(d, 0, 0);
        if (s == (void *)-1) {
            perror("child");
            exit(1);
        }
        s[n] = (long double)values[n] * values[n];
        shmdt(s);
        exit(0);
    }
    while (n-- > 0)
        if (wait(&st) == -1 || st) {
            rc = 1;
            fputs("child failed\n", stderr);
        }
    if (rc == 0) {
        long double *s = shmat(id, 0, 0), sum = 0;
        if (s == (void *)-1) {
            perror("shmat");
            rc = 1;
        } else {
            for (int i = 0; i < count; i++)
                sum += s[i];
            shmdt(s);
            printf("total: %.0Lf\n", sum);
        }
    }
    shmctl(id, IPC_RMID, 0);
    return rc;
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
