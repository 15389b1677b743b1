/* sharing START CHANGE: a shared memory segment is memory that parent and child both use.
 * The page for this exercise: assignment/2-sharing */
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

/* Prints a line and hands it over at once, on a terminal and in a pipe. */
static int print_line(const char *who, int value)
{
    if (printf("%s: %d\n", who, value) < 0 || fflush(stdout) == EOF) {
        perror("sharing: stdout");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

/* The child: computes the sum, stores and prints it, detaches. The attachment is the one that it
 * inherited from the parent. Returns the exit status of the child. */
static int add_change(int *shared, int start, int change)
{
    int sum = start + change;
    *shared = sum;
    int result = print_line("child", sum);

    if (shmdt(shared) == -1) {
        perror("sharing: shmdt in the child");
        return EXIT_FAILURE;
    }
    return result;
}

/* Fork and wait: the child changes the shared value, the parent reads it afterwards. */
static int change_in_child(int *shared, int start, int change)
{
    pid_t child = fork();
    if (child == -1) {
        perror("sharing: fork");
        return EXIT_FAILURE;
    }
    if (child == 0)
        exit(add_change(shared, start, change));

    int status;
    if (waitpid(child, &status, 0) == -1) {
        perror("sharing: waitpid");
        return EXIT_FAILURE;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fputs("sharing: the child failed\n", stderr);
        return EXIT_FAILURE;
    }

    return print_line("parent", *shared);
}

/* Attach and detach: whatever happens in between, the segment is detached. */
static int attach_and_share(int shmid, int start, int change)
{
    int *shared = shmat(shmid, NULL, 0);
    if (shared == (void *)-1) {
        perror("sharing: shmat");
        return EXIT_FAILURE;
    }

    *shared = start;
    int result = change_in_child(shared, start, change);

    if (shmdt(shared) == -1) {
        perror("sharing: shmdt");
        return EXIT_FAILURE;
    }
    return result;
}

/* Create and remove: whatever happens in between, the segment is removed.
 * Returns the exit status of the program. */
static int sharing(int start, int change)
{
    int shmid = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (shmid == -1) {
        perror("sharing: shmget");
        return EXIT_FAILURE;
    }

    int result = attach_and_share(shmid, start, change);

    if (shmctl(shmid, IPC_RMID, NULL) == -1) {
        perror("sharing: shmctl");
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
