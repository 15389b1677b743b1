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
#include <sys/stat.h>
static int id = -1;
static int *shared;

static void clean_up(void)
{
    if (shared != NULL)
        shmdt(shared);
    if (id != -1)
        shmctl(id, IPC_RMID, NULL);
}

static void fatal(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static int sharing(int start, int change)
{
    atexit(clean_up);
    id = shmget(KEY, sizeof *shared, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
    if (id == -1)
        fatal("shmget");
    void *where = shmat(id, NULL, 0);
    if (where == (void *)-1)
        fatal("shmat");
    shared = where;
    *shared = start;

    switch (fork()) {
    case -1:
        fatal("fork");
    case 0:
        *shared = *shared + change;
        printf("child: %d\n", *shared);
        fflush(stdout);
        shmdt(shared);
        _exit(EXIT_SUCCESS);
    }
    int status;
    if (wait(&status) == -1)
        fatal("wait");
    printf("parent: %d\n", *shared);
    return EXIT_SUCCESS;
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
