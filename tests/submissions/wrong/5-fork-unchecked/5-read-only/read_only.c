/* read_only VALUE: memory attached with SHM_RDONLY ends the process that writes to it.
 * The page to this exercise: assignment/5-read-only */
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
static int read_only(int value)
{
    int descriptor = shmget(KEY, sizeof(int), IPC_CREAT | 0600);
    if (descriptor == -1) {
        perror("shmget");
        return 1;
    }
    int *shared = shmat(descriptor, NULL, 0);
    if (shared == (int *)-1) {
        perror("shmat");
        shmctl(descriptor, IPC_RMID, NULL);
        return 1;
    }
    *shared = value;

    pid_t pid = fork();
    if (pid == 0) {
        int *mine = shmat(descriptor, NULL, SHM_RDONLY);
        if (mine == (int *)-1) {
            perror("child: shmat");
            exit(1);
        }
        printf("child: %d\n", *mine);
        fflush(stdout);
        *mine = value + 1;
        exit(0);
    }

    int status = 0;
    wait(&status);
    printf("child killed by signal %d\n", WTERMSIG(status));
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

int main(int argc, char *argv[])
{
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
