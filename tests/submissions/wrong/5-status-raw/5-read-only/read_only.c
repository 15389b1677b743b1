#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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
    int rc = EXIT_FAILURE, st = 0;
    int d = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (d == -1) { perror("shmget"); return EXIT_FAILURE; }
    int *p = shmat(d, NULL, 0);
    if (p == (void *)-1) { perror("shmat"); shmctl(d, IPC_RMID, NULL); return EXIT_FAILURE; }
    *p = value;
    /*0*/
    pid_t c = fork();
    if (c == -1) { perror("fork"); goto out; }
    if (c == 0) {
        int *q = shmat(d, NULL, SHM_RDONLY);
        if (q == (void *)-1) { perror("child: shmat"); _exit(EXIT_FAILURE); }
        printf("child: %d\n", *q);
        fflush(stdout);
        *q = 5;
        _exit(EXIT_FAILURE);
    }
    if (waitpid(c, &st, 0) == -1) { perror("wait"); goto out; }
    if (!WIFSIGNALED(st)) { fprintf(stderr, "the child was not killed\n"); goto out; }
    printf("child killed by signal %d\n", st);
    printf("parent: %d\n", *p);
    rc = EXIT_SUCCESS;
out:
    shmdt(p);
    shmctl(d, IPC_RMID, NULL);
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
