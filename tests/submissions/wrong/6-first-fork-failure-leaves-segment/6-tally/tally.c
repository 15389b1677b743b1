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

static int work(int k, int value)
{
    int d = shmget(KEY, 0, 0);
    if (d == -1) {
        perror("tally: child: shmget");
        return EXIT_FAILURE;
    }
    int *slots = shmat(d, NULL, 0);
    if (slots == (void *)-1) {
        perror("tally: child: shmat");
        return EXIT_FAILURE;
    }
    slots[k] = value * value;
    shmdt(slots);
    return EXIT_SUCCESS;
}

static int run(int d, int count, const int values[])
{
    int children = 0;
    bool good = true;

    for (; children < count; children++) {
        pid_t pid = fork();
        if (pid == -1) {
            perror("tally: fork");
            if (children == 0)
                exit(EXIT_FAILURE); /* nobody to wait for */
            good = false;
            break;
        }
        if (pid == 0)
            exit(work(children, values[children]));
    }
    for (int i = 0; i < children; i++) {
        int status;
        if (wait(&status) == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            good = false;
    }
    if (!good) {
        fputs("tally: something failed\n", stderr);
        return EXIT_FAILURE;
    }
    int *slots = shmat(d, NULL, SHM_RDONLY);
    if (slots == (void *)-1) {
        perror("tally: shmat");
        return EXIT_FAILURE;
    }
    int total = 0;
    for (int i = 0; i < count; i++)
        total += slots[i];
    shmdt(slots);
    printf("total: %d\n", total);
    return EXIT_SUCCESS;
}

static int tally(int count, const int values[])
{
    int d = shmget(KEY, (count + 1) * sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (d == -1) {
        perror("tally: shmget");
        return EXIT_FAILURE;
    }
    int result = run(d, count, values);
    shmctl(d, IPC_RMID, NULL);
    return result;
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
