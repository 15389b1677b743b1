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
struct board {
    int used;
    int count;
    long long total;
    long long square[];
};

/* The next free slot, if there is room for it. */
static int next_slot(int descriptor, struct board *board)
{
    struct shmid_ds about;
    int slot = board->used;
    size_t needed = sizeof(struct board) + (slot + 1) * sizeof(long long);
    if (shmctl(descriptor, IPC_STAT, &about) == -1 || about.shm_segsz < needed)
        return -1;
    board->used = slot + 1;
    return slot;
}

static int child(int value)
{
    int descriptor = shmget(KEY, 0, 0);
    if (descriptor == -1) {
        perror("child: shmget");
        return 1;
    }
    struct board *board = shmat(descriptor, NULL, 0);
    if (board == (void *)-1) {
        perror("child: shmat");
        return 1;
    }
    int slot = next_slot(descriptor, board);
    if (slot != -1)
        board->square[slot] = (long long)value * value;
    else
        fprintf(stderr, "child: no slot is free\n");
    shmdt(board);
    return slot == -1;
}

static int tally(int count, const int values[])
{
    size_t size = sizeof(struct board) + count * sizeof(long long);
    int descriptor = shmget(KEY, size, IPC_CREAT | 0600);
    if (descriptor == -1) {
        perror("shmget");
        return 1;
    }

    int result = 0;
    int children = 0;
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == -1) {
            perror("fork");
            result = 1;
            break;
        }
        if (pid == 0)
            exit(child(values[i]));
        children++;
    }

    for (int i = 0; i < children; i++) {
        int status;
        wait(&status);
        if (status != 0)
            result = 1;
    }

    if (result == 0) {
        struct board *board = shmat(descriptor, NULL, 0);
        if (board == (void *)-1) {
            perror("shmat");
            result = 1;
        } else {
            board->count = count;
            for (int i = 0; i < count; i++)
                board->total += board->square[i];
            printf("total: %lld\n", board->total);
            shmdt(board);
        }
    } else {
        fprintf(stderr, "tally: something went wrong\n");
    }
    shmctl(descriptor, IPC_RMID, NULL);
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
