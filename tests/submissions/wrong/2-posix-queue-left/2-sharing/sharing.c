/* sharing START CHANGE: a shared memory segment is memory that parent and child both use.
 * The page to this exercise: assignment/2-sharing */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
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

static int sharing(int start, int change)
{
    int descriptor = shmget(KEY, sizeof(int), IPC_CREAT | 0600);
    if (descriptor == -1) {
        perror("shmget");
        return 1;
    }
    int *shared = shmat(descriptor, NULL, 0);
    if (shared == (void *) -1) {
        perror("shmat");
        shmctl(descriptor, IPC_RMID, NULL);
        return 1;
    }
    mqd_t done = mq_open("/sharing-done", O_CREAT | O_RDWR, 0600, NULL); /* the child tells */
    if (done == (mqd_t) -1) {
        perror("mq_open");
        shmctl(descriptor, IPC_RMID, NULL);
        return 1;
    }
    *shared = start;

    pid_t pid = fork();
    if (pid == -1) {
        perror("fork");
        shmdt(shared);
        shmctl(descriptor, IPC_RMID, NULL);
        return 1;
    }
    if (pid == 0) {
        *shared += change;
        printf("child: %d\n", *shared);
        mq_send(done, "done", 4, 0);
        shmdt(shared);
        return 0;
    }
    waitpid(pid, NULL, 0);
    printf("parent: %d\n", *shared);
    shmdt(shared);
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
