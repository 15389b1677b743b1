#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>
#include <sched.h>

#define KEY 24601


static int read_only(int value)
{
    int result = 1, status;
    int id = shmget(KEY, sizeof(int), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) { perror("shmget"); return 1; }
    int *p = shmat(id, NULL, 0);
    if (p == (void *)-1) { perror("shmat"); goto out; }
    *p = value;
    pid_t c = fork();
    if (c == -1) { perror("fork"); goto det; }
    if (c == 0) {
        int *q = shmat(id, NULL, SHM_RDONLY);
        if (q == (void *)-1) { perror("child shmat"); exit(1); }
        printf("child: %d\n", *q);
        fflush(stdout);
        *q = 1;
        exit(0);
    }
    if (waitpid(c, &status, 0) == -1) { perror("waitpid"); goto det; }
    if (!WIFSIGNALED(status) || (WTERMSIG(status) != SIGSEGV && WTERMSIG(status) != SIGBUS)) { fputs("the child was not killed\n", stderr); goto det; }
    printf("child killed by signal %d\n", WTERMSIG(status));
    printf("parent: %d\n", *p);
    result = 0;
det:
    if (shmdt(p) == -1) { perror("shmdt"); result = 1; }
out:
    if (shmctl(id, IPC_RMID, NULL) == -1) { perror("shmctl"); result = 1; }
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

int main(int argc, char *argv[])
{
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
