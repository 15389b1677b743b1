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
static int sharing(int start, int change)
{
    int ready[2];
    if (pipe(ready) == -1) {
        perror("pipe");
        return 1;
    }
    int id = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return 1;
    }

    pid_t child = fork();
    if (child == -1) {
        perror("fork");
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }

    if (child == 0) {
        char go;
        close(ready[1]);
        if (read(ready[0], &go, 1) != 1)
            _exit(1); /* the parent could not start */
        int mine = shmget(KEY, 0, 0);
        if (mine == -1) {
            perror("child: shmget");
            exit(1);
        }
        int *number = shmat(mine, NULL, 0);
        if (number == (void *)-1) {
            perror("child: shmat");
            exit(1);
        }
        *number += change;
        printf("child: %d\n", *number);
        shmdt(number);
        exit(0);
    }

    int result = 1;
    int status;
    close(ready[0]);
    int *number = shmat(id, NULL, 0);
    if (number == (void *)-1) {
        perror("shmat");
        close(ready[1]);
        waitpid(child, &status, 0);
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }
    *number = start;
    if (write(ready[1], "!", 1) != 1)
        perror("write");
    close(ready[1]);
    waitpid(child, &status, 0);
    if (status == 0) {
        printf("parent: %d\n", *number);
        result = 0;
    } else {
        fprintf(stderr, "the child failed\n");
    }
    shmdt(number);
    shmctl(id, IPC_RMID, NULL);
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
