/* fork_wait START CHANGE: after fork, parent and child each have a copy of a variable.
 * The page for this exercise: assignment/1-fork-wait */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Prints a line and hands it over at once, on a terminal and in a pipe. */
static int print_line(const char *who, int value)
{
    if (printf("%s: %d\n", who, value) < 0 || fflush(stdout) == EOF) {
        perror("fork_wait: stdout");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int numbers[2];

static int child_line(void *nothing)
{
    (void)nothing;
    return print_line("child", numbers[0] + numbers[1]);
}

/* Returns the exit status of the program. */
static int fork_wait(int start, int change)
{
    int value = start;

    static char stack[65536] __attribute__((aligned(16)));
    numbers[0] = start;
    numbers[1] = change;
    pid_t child = clone(child_line, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
    if (child == -1) {
        perror("fork_wait: clone");
        return EXIT_FAILURE;
    }

    int status;
    if (waitpid(child, &status, 0) == -1) {
        perror("fork_wait: waitpid");
        return EXIT_FAILURE;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fputs("fork_wait: the child failed\n", stderr);
        return EXIT_FAILURE;
    }

    return print_line("parent", value);
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
        fputs("usage: fork_wait START CHANGE (decimal numbers; their sum fits in an int)\n",
              stderr);
        return 2;
    }
    return fork_wait(start, change);
}
