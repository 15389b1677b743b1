/* read_only VALUE: a write to memory attached with SHM_RDONLY kills the process.
 * The page for this exercise: assignment/5-read-only */
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

/* The child: prints the value, then writes to it and is ended by that.
 * Returns, only when something failed, the exit status of the child. */
static int write_to_read_only(int shmid, int value)
{
    int *shared = shmat(shmid, NULL, SHM_RDONLY);
    if (shared == (void *)-1) {
        perror("read_only: shmat in the child");
        return EXIT_FAILURE;
    }

    /* Flush: what is still in the buffer would be lost with the child. */
    if (printf("child: %d\n", value) < 0 || fflush(stdout) == EOF) {
        perror("read_only: stdout in the child");
        return EXIT_FAILURE;
    }

    *shared = 0;

    fputs("read_only: the child wrote to read-only memory and lives\n", stderr);
    return EXIT_FAILURE;
}

/* Fork and wait: the parent tells which signal ended the child, and what the segment holds. */
static int watch_child(int shmid, int value, const int *shared)
{
    pid_t child = fork();
    if (child == -1) {
        perror("read_only: fork");
        return EXIT_FAILURE;
    }
    if (child == 0)
        exit(write_to_read_only(shmid, value));

    int status;
    if (waitpid(child, &status, 0) == -1) {
        perror("read_only: waitpid");
        return EXIT_FAILURE;
    }
    if (!WIFSIGNALED(status)) {
        fputs("read_only: the child was not killed by a signal\n", stderr);
        return EXIT_FAILURE;
    }

    if (printf("child killed by signal %d\n", WTERMSIG(status)) < 0 ||
        printf("parent: %d\n", *shared) < 0 || fflush(stdout) == EOF) {
        perror("read_only: stdout");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

/* Attach and detach: whatever happens in between, the segment is detached. */
static int attach_and_watch(int shmid, int value)
{
    int *shared = shmat(shmid, NULL, 0);
    if (shared == (void *)-1) {
        perror("read_only: shmat");
        return EXIT_FAILURE;
    }

    *shared = value;
    int result = watch_child(shmid, value, shared);

    if (shmdt(shared) == -1) {
        perror("read_only: shmdt");
        return EXIT_FAILURE;
    }
    return result;
}

/* Create and remove: whatever happens in between, the segment is removed.
 * Returns the exit status of the program. */
static int read_only(int value)
{
    int shmid = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1) {
        perror("read_only: shmget");
        return EXIT_FAILURE;
    }

    int result = attach_and_watch(shmid, value);

    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("read_only: shmctl");
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

int main(int argc, char *argv[])
{
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
