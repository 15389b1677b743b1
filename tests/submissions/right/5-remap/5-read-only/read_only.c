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

static int finish(pid_t c, int id, int *p)
{
    int status, result = 1;
    if (waitpid(c, &status, 0) == -1)
        perror("waitpid");
    else if (!WIFSIGNALED(status))
        fputs("the child was not killed\n", stderr);
    else {
        printf("child killed by signal %d\nparent: %d\n", WTERMSIG(status), *p);
        result = 0;
    }
    if (shmdt(p) == -1) {
        perror("shmdt");
        result = 1;
    }
    if (shmctl(id, IPC_RMID, NULL) == -1) {
        perror("shmctl");
        result = 1;
    }
    return result;
}
static int make(int value, int *id, int **p)
{
    *id = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (*id == -1) {
        perror("shmget");
        return -1;
    }
    *p = shmat(*id, NULL, 0);
    if (*p == (void *)-1) {
        perror("shmat");
        shmctl(*id, IPC_RMID, NULL);
        return -1;
    }
    **p = value;
    return 0;
}
static int undo(const char *what, int id, int *p)
{
    perror(what);
    shmdt(p);
    shmctl(id, IPC_RMID, NULL);
    return 1;
}

static int read_only(int value)
{
    int id, *p;
    if (make(value, &id, &p))
        return 1;
    pid_t c = fork();
    if (c == -1)
        return undo("fork", id, p);
    if (c == 0) {
        if (shmat(id, p, SHM_RDONLY | SHM_REMAP) == (void *)-1) {
            perror("child shmat");
            exit(1);
        }
        printf("child: %d\n", *p);
        fflush(stdout);
        *p = value; /* the same pointer, read-only now */
        exit(0);
    }
    return finish(c, id, p);
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
