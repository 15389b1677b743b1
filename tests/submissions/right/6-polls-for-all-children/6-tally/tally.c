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
    int id = shmget(KEY, 0, 0);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    int *slots = shmat(id, NULL, 0);
    if (slots == (int *)-1) {
        perror("shmat");
        return 1;
    }
    slots[k] = value * value;
    return shmdt(slots) == -1;
}

static int tally(int count, const int values[])
{
    pid_t children[MAX_VALUES];
    int born = 0;
    int left = 0;
    int failed = 0;

    int id = shmget(KEY, MAX_VALUES * sizeof(int), IPC_CREAT | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    for (int k = 0; k < count; k++) {
        pid_t pid = fork();
        if (pid == -1) {
            perror("fork");
            failed = 1;
            break;
        }
        if (pid == 0)
            _exit(work(k, values[k]));
        children[born++] = pid;
        left++;
    }
    while (left > 0)
        for (int k = 0; k < born; k++) {
            int status;
            if (children[k] > 0 && waitpid(children[k], &status, WNOHANG) == children[k]) {
                children[k] = 0;
                left--;
                if (status != 0)
                    failed = 1;
            }
        }

    int *slots = (int *)-1;
    if (!failed && (slots = shmat(id, NULL, SHM_RDONLY)) == (int *)-1) {
        perror("shmat");
        failed = 1;
    }
    if (!failed) {
        int total = 0;
        for (int k = 0; k < count; k++)
            total += slots[k];
        printf("total: %d\n", total);
        shmdt(slots);
    }
    shmctl(id, IPC_RMID, NULL);
    return failed ? 1 : 0;
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
