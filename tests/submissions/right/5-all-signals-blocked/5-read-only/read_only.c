/* read_only VALUE: memory attached with SHM_RDONLY ends the process that writes to it.
 * The page to this exercise: assignment/5-read-only */
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

static int read_only(int value)
{
    int st = 0, rc = EXIT_FAILURE, id = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("read_only: shmget");
        return rc;
    }
    int *s = shmat(id, NULL, 0);
    if (s == (void *)-1) {
        perror("read_only: shmat");
        goto gone;
    }
    *(int *)s = value;
    pid_t p = fork();
    if (p == -1) {
        perror("read_only: fork");
        goto off;
    }
    if (p == 0) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        signal(SIGSEGV, SIG_IGN);
        int *r = shmat(id, NULL, SHM_RDONLY);
        if (r == (void *)-1) {
            perror("read_only: child: shmat");
            exit(EXIT_FAILURE);
        }
        printf("child: %d\n", *(int *)r);
        if (fflush(stdout))
            exit(1);
        *r = 1;
        fputs("read_only: still alive\n", stderr);
        exit(EXIT_SUCCESS);
    }
    if (waitpid(p, &st, 0) == -1) {
        perror("read_only: wait");
        goto off;
    }
    if (!WIFSIGNALED(st)) {
        fputs("read_only: the child was not killed\n", stderr);
        goto off;
    }
    printf("child killed by signal %d\n", WTERMSIG(st));
    printf("parent: %d\n", *(int *)s);
    rc = EXIT_SUCCESS;
off:
    shmdt(s);
gone:
    shmctl(id, IPC_RMID, NULL);
    return rc;
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
