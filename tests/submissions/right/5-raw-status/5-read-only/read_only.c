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
static void say(const char *label, int number)
{
    char line[80];
    int n = snprintf(line, sizeof line, "%s %d\n", label, number);
    if (write(1, line, n) != n)
        perror("write");
}

static int read_only(int value)
{
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    int *p = shmat(id, NULL, 0);
    if (p == (void *)-1) {
        perror("shmat");
        shmctl(id, IPC_RMID, NULL);
        return 1;
    }
    *p = value;

    pid_t pid = fork();
    switch (pid) {
    case -1:
        perror("fork");
        shmdt(p);
        shmctl(id, IPC_RMID, NULL);
        return 1;
    case 0:
        shmdt(p);
        p = shmat(id, NULL, SHM_RDONLY);
        if (p == (void *)-1) {
            perror("child: shmat");
            _exit(1);
        }
        say("child:", *p);
        *(volatile int *)p = *p; /* the same value is a write, too */
        _exit(2);
    }
    int status = 0;
    shmctl(id, IPC_RMID, NULL);
    if (waitpid(pid, &status, 0) != pid || (status & 0x7f) == 0) {
        fprintf(stderr, "the child was not killed: status %d\n", status);
        return 1;
    }
    say("child killed by signal", status & 0x7f);
    say("parent:", *p);
    return shmdt(p) == 0 ? 0 : 1;
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
