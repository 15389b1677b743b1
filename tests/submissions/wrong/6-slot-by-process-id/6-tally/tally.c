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

static int tally(int count, const int values[])
{
    int id = shmget(KEY, MAX_VALUES * sizeof(int), IPC_CREAT | 0600), bad = 0, n = 0, st;
    if (id == -1) { perror("shmget"); return 1; }
    for (n = 0; n < count; n++) {
        pid_t c = fork();
        if (c == -1) { perror("fork"); bad = 1; break; }
        if (c == 0) {
            int m = shmget(KEY, 0, 0);
            if (m == -1) { perror("shmget"); exit(1); }
            int *s = shmat(m, NULL, 0);
            if (s == (int *)-1) { perror("shmat"); exit(1); }
            s[getpid() % MAX_VALUES] = values[n] * values[n];
            shmdt(s);
            exit(0);
        }
    }
    for (int i = 0; i < n; i++) { wait(&st); if (st) bad = 1; }
    if (bad) { fprintf(stderr, "failed\n"); shmctl(id, IPC_RMID, NULL); return 1; }
    int total = 0;
    int *s = shmat(id, NULL, 0);
    if (s == (int *)-1) { perror("shmat"); shmctl(id, IPC_RMID, NULL); return 1; }
    for (int i = 0; i < MAX_VALUES; i++) total += s[i];
    printf("total: %d\n", total);
    shmdt(s);
    shmctl(id, IPC_RMID, NULL);
    return 0;
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
