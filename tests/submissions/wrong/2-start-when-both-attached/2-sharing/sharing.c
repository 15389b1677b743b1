#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static bool parse(const char *text, int *value)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < INT_MIN || number > INT_MAX)
        return false;
    *value = (int)number;
    return true;
}

static int complain(const char *what)
{
    perror(what);
    return 1;
}

static unsigned long attached(int id)
{
    struct shmid_ds about;
    return shmctl(id, IPC_STAT, &about) == -1 ? 2 : about.shm_nattch;
}

static int child(int id, int change)
{
    int *shared = shmat(id, NULL, 0);
    if (shared == (void *)-1)
        return complain("shmat");
    while (attached(id) < 2)
        usleep(1000);
    *shared += change;
    printf("child: %d\n", *shared);
    return shmdt(shared) == -1 ? complain("shmdt") : 0;
}

static int parent(int id, int start, pid_t child)
{
    int status;
    int *shared = shmat(id, NULL, 0);
    if (shared == (void *)-1) {
        complain("shmat");
        kill(child, SIGKILL);
        wait(NULL);
        return 1;
    }
    struct shmid_ds about;
    if (shmctl(id, IPC_STAT, &about) == -1 || about.shm_segsz < sizeof(int))
        fprintf(stderr, "a strange segment\n");
    *shared = start;
    if (wait(&status) == -1 || status != 0) {
        fprintf(stderr, "the child failed\n");
        shmdt(shared);
        return 1;
    }
    printf("parent: %d\n", *shared);
    return shmdt(shared) == -1 ? complain("shmdt") : 0;
}

int main(int argc, char **argv)
{
    int start, change;
    if (argc != 3 || !parse(argv[1], &start) || !parse(argv[2], &change)) {
        fprintf(stderr, "usage: sharing START CHANGE\n");
        return 2;
    }
    int id = shmget(24601, sizeof(int), IPC_CREAT | 0600);
    if (id == -1)
        return complain("shmget");
    int result;
    pid_t pid = fork();
    if (pid == -1)
        result = complain("fork");
    else if (pid == 0)
        return child(id, change);
    else
        result = parent(id, start, pid);
    if (shmctl(id, IPC_RMID, NULL) == -1)
        result = complain("shmctl");
    return result;
}
