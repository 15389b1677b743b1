/* sharing START CHANGE: a shared memory segment is memory that parent and child both use.
 * The page to this exercise: assignment/2-sharing */
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

static void fail(const char *what, int descriptor)
{
    perror(what);
    if (descriptor != -1)
        shmctl(descriptor, IPC_RMID, NULL);
    exit(1);
}

static int child(int change)
{
    int descriptor = shmget(KEY, 0, 0);
    if (descriptor == -1) {
        perror("child: shmget");
        return 1;
    }
    int *number = shmat(descriptor, NULL, SHM_RDONLY);
    if (number == (int *)-1) {
        perror("child: shmat");
        return 1;
    }
    *number = *number + change;
    printf("child: %d\n", *number);
    shmdt(number);
    return 0;
}

static int sharing(int start, int change)
{
    int descriptor = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (descriptor == -1)
        fail("shmget", -1);
    int *number = shmat(descriptor, NULL, 0);
    if (number == (int *)-1)
        fail("shmat", descriptor);
    *number = start;

    fflush(stdout);
    pid_t pid = fork();
    if (pid == -1)
        fail("fork", descriptor);
    if (pid == 0) {
        shmdt(number); /* the child attaches by itself */
        exit(child(change));
    }

    int status;
    if (wait(&status) == -1)
        fail("wait", descriptor);
    if (status != 0) {
        fprintf(stderr, "the child failed\n");
        shmctl(descriptor, IPC_RMID, NULL);
        exit(1);
    }
    printf("parent: %d\n", *number);
    shmdt(number);
    shmctl(descriptor, IPC_RMID, NULL);
    return 0;
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

/* Reads START and CHANGE; their sum must fit in an int too. */
static bool read_arguments(int argc, char *argv[], int *start, int *change)
{
    if (argc != 3 || !read_int(argv[1], start) || !read_int(argv[2], change))
        return false;

    long long sum = (long long)*start + *change;
    return sum >= INT_MIN && sum <= INT_MAX;
}

int main(int argc, char *argv[])
{
    int start;
    int change;

    if (!read_arguments(argc, argv, &start, &change)) {
        fputs("usage: sharing START CHANGE (decimal numbers; their sum fits in an int)\n", stderr);
        return 2;
    }
    return sharing(start, change);
}
