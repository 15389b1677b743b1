/* sharing START CHANGE: a shared memory segment is memory that parent and child both use.
 * The page to this exercise: assignment/2-sharing */
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

static int sharing(int start, int change)
{
    key_t key = ftok("/etc/passwd", 1);
    if (key == -1) {
        perror("ftok");
        return 1;
    }
    int id = shmget(key, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }
    int *s = shmat(id, NULL, 0);
    if (s == (void *)-1) {
        perror("shmat");
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }
    *s = start;
    pid_t p = fork();
    if (p == -1) {
        perror("fork");
        shmdt(s);
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }
    if (p == 0) {
        *s += change;
        printf("child: %d\n", *s);
        shmdt(s);
        exit(0);
    }
    int st = 0;
    wait(&st);
    if (st == 0)
        printf("parent: %d\n", *s);
    else
        fprintf(stderr, "child\n");
    shmdt(s);
    shmctl(id, IPC_RMID, NULL);
    return st ? 1 : 0;
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
