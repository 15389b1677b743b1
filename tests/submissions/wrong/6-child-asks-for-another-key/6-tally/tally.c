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

/* A child: accesses the segment by its key, attaches it, fills its own slot, detaches it.
 * Returns the exit status of the child. */
static int fill_slot(int number, int value)
{
    int shmid = shmget(KEY + 1, 0, 0);
    if (shmid == -1) {
        perror("tally: shmget in a child");
        return EXIT_FAILURE;
    }

    int *slots = shmat(shmid, NULL, 0);
    if (slots == (void *)-1) {
        perror("tally: shmat in a child");
        return EXIT_FAILURE;
    }

    slots[number] = value * value;

    if (shmdt(slots) == -1) {
        perror("tally: shmdt in a child");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

/* Forks a child for each value, until one fork fails. Returns how many were forked. */
static int fork_children(int count, const int values[])
{
    int number = 0;

    while (number < count) {
        pid_t child = fork();
        if (child == -1) {
            perror("tally: fork");
            break;
        }
        if (child == 0)
            exit(fill_slot(number, values[number]));
        number++;
    }
    return number;
}

/* Waits for every child, also after one of them failed. */
static int wait_for_children(int children)
{
    int result = EXIT_SUCCESS;

    for (int waited = 0; waited < children; waited++) {
        int status;
        if (wait(&status) == -1) {
            perror("tally: wait");
            return EXIT_FAILURE;
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
            fputs("tally: a child failed\n", stderr);
            result = EXIT_FAILURE;
        }
    }
    return result;
}

/* The parent attaches the segment when all slots are filled, and adds them up. */
static int print_total(int shmid, int count)
{
    const int *slots = shmat(shmid, NULL, SHM_RDONLY);
    if (slots == (void *)-1) {
        perror("tally: shmat");
        return EXIT_FAILURE;
    }

    long total = 0;
    for (int number = 0; number < count; number++)
        total += slots[number];

    int result = EXIT_SUCCESS;
    if (printf("total: %ld\n", total) < 0 || fflush(stdout) == EOF) {
        perror("tally: stdout");
        result = EXIT_FAILURE;
    }

    if (shmdt(slots) == -1) {
        perror("tally: shmdt");
        return EXIT_FAILURE;
    }
    return result;
}

/* Create and remove: whatever happens in between, the segment is removed.
 * Returns the exit status of the program. */
static int tally(int count, const int values[])
{
    int shmid = shmget(KEY, MAX_VALUES * sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1) {
        perror("tally: shmget");
        return EXIT_FAILURE;
    }

    int children = fork_children(count, values);
    int result = wait_for_children(children);
    if (children < count)
        result = EXIT_FAILURE;
    if (result == EXIT_SUCCESS)
        result = print_total(shmid, count);

    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("tally: shmctl");
        return EXIT_FAILURE;
    }
    return result;
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
