#include <sys/mman.h>
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


static void square(int i, int v, int d, int *in)
{
    (void)d; (void)in;
    int k = shmget(KEY + 1 + i, 4, IPC_CREAT | 0600);
    if (k == -1) { perror("child: shmget"); exit(1); }
    int *s = shmat(k, NULL, 0);
    if (s == (void *)-1) { perror("child: shmat"); exit(1); }
    s[0] = v * v;
    shmdt(s);
    exit(0);
}
static int tally(int count, const int values[])
{
    int rc = 1, st, bad = 0, made = 0, total = 0, *in = NULL;
    /*0*/
    int d = shmget(KEY, (count ? count : 1) * sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (d == -1) { perror("shmget"); return 1; }
    /*1*/
    for (made = 0; made < count; made++) {
        pid_t c = fork();
        if (c == -1) { perror("fork"); bad = 1; break; }
        if (c == 0) square(made, values[made], d, in);
    }
    for (int i = 0; i < made; i++) {
        if (wait(&st) == -1) { perror("wait"); bad = 1; break; }
        if (st) { fprintf(stderr, "a child failed\n"); bad = 1; }
    }
    if (bad) goto out;
    int *s = shmat(d, NULL, 0);
    if (s == (void *)-1) { perror("shmat"); goto out; }
    for (int i = 0; i < count; i++) total += s[i];
    printf("total: %d\n", total);
    shmdt(s);
    rc = 0;
out:
    shmctl(d, IPC_RMID, NULL);
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
