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

static void child(int k, int value)
{
    int *slot = shmat(shmget(KEY, 0, 0), NULL, 0);
    slot[k] = value * value;
    shmdt(slot);
    exit(0);
}

static int tally(int count, const int values[])
{
    size_t bytes = sizeof(int) * (size_t)count; /* 0 for no values */
    int shmid = shmget(KEY, bytes, 0600 | IPC_CREAT);
    int total = 0, k = 0;

    for (k = 0; k < count; k++)
        if (fork() == 0)
            child(k, values[k]);
    for (k = 0; k < count; k++)
        wait(NULL);

    int *slots = shmat(shmid, NULL, SHM_RDONLY);
    for (k = 0; k < count; k++)
        total += slots[k];
    printf("total: %d\n", total);
    shmdt(slots);
    shmctl(shmid, IPC_RMID, NULL);
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
