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
#include <signal.h>

struct shelf {
    char name[12];
    int value;
};

static void child(void)
{
    int id = shmget(KEY, 0, 0);
    const struct shelf *shelf = id == -1 ? (void *)-1 : shmat(id, NULL, SHM_RDONLY);
    if (shelf == (void *)-1) {
        perror("child");
        exit(EXIT_FAILURE);
    }
    dprintf(STDOUT_FILENO, "child: %d\n", shelf->value);

    struct shelf *mine = (struct shelf *)shelf;
    strcpy(mine->name, "mine now");
    mine->value++;
    exit(EXIT_SUCCESS);
}

static int parent(pid_t pid, const struct shelf *shelf)
{
    siginfo_t info;

    if (waitid(P_PID, pid, &info, WEXITED) == -1) {
        perror("waitid");
        return EXIT_FAILURE;
    }
    if (info.si_code != CLD_KILLED && info.si_code != CLD_DUMPED) {
        fputs("the child lives on\n", stderr);
        return EXIT_FAILURE;
    }
    dprintf(STDOUT_FILENO, "child killed by signal %d\n", info.si_status);
    dprintf(STDOUT_FILENO, "parent: %d\n", shelf->value);
    return EXIT_SUCCESS;
}

static int read_only(int value)
{
    int result = EXIT_FAILURE;
    int id = shmget(KEY, sizeof(struct shelf), IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        perror("shmget");
        return EXIT_FAILURE;
    }
    struct shelf *shelf = shmat(id, NULL, 0);
    if (shelf == (void *)-1) {
        perror("shmat");
        goto out;
    }
    shelf->value = value;

    pid_t pid = fork();
    if (pid == 0)
        child();
    if (pid == -1)
        perror("fork");
    else
        result = parent(pid, shelf);
    shmdt(shelf);
out:
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

int main(int argc, char *argv[])
{
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
