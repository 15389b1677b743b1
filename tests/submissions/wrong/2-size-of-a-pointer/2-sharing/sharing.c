#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601

static int child_ok(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    fputs("the child failed\n", stderr);
    return 0;
}
struct room {
    char text[40];
    int value;
};

static int sharing(int start, int change)
{
    int result = 1, status;
    int id = shmget(KEY, sizeof(struct room *), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    struct room *r = shmat(id, NULL, 0);
    int *p = (void *)r == (void *)-1 ? (void *)-1 : &r->value;
    if (p == (void *)-1) {
        perror("shmat");
        goto out;
    }
    *p = start;
    pid_t c = fork();
    if (c == -1) {
        perror("fork");
        goto det;
    }
    if (c == 0) {
        *p += change;
        printf("child: %d\n", *p);
        shmdt(r);
        exit(0);
    }
    if (waitpid(c, &status, 0) == -1) {
        perror("waitpid");
        goto det;
    }
    if (!child_ok(status))
        goto det;
    printf("parent: %d\n", *p);
    result = 0;
det:
    if (shmdt(r) == -1) {
        perror("shmdt");
        result = 1;
    }
out:
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        result = 1;
    }
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
