// Somebody asks again and again, without a pause, until another one has done its part: busy HOW.
#include "program.h"
#include <sched.h>

enum { KEY = 24601 };

static pid_t child_says_and_ends(void)
{
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        say("child\n");
        _exit(0);
    }
    return child;
}

static void by_waitpid(void)
{
    pid_t child = child_says_and_ends();
    while (sure(waitpid(child, NULL, WNOHANG), "waitpid") == 0)
        ;
}

static void by_waitid(void)
{
    siginfo_t told = {0};
    child_says_and_ends();
    while (told.si_pid == 0)
        sure(waitid(P_ALL, 0, &told, WEXITED | WNOHANG), "waitid");
}

static void by_yield(void)
{
    pid_t child = child_says_and_ends();
    while (sure(waitpid(child, NULL, WNOHANG), "waitpid") == 0)
        sched_yield();
}

// Ignored ends are reaped by the system: then there is nobody any more.
static void by_kill(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = child_says_and_ends();
    while (kill(child, 0) == 0)
        ;
}

// The child is there first, and asks for the segment until its parent has made it.
static void by_shmget(void)
{
    if (sure(fork(), "fork") == 0) {
        while (shmget(KEY, 0, 0) == -1)
            ;
        say("child\n");
        _exit(0);
    }
    int segment = (int)sure(shmget(KEY, 4, IPC_CREAT | 0600), "shmget");
    sure(wait(NULL), "wait");
    sure(shmctl(segment, IPC_RMID, NULL), "shmctl");
}

static void by_shmctl(void)
{
    struct shmid_ds state = {0};
    int segment = (int)sure(shmget(IPC_PRIVATE, 4, IPC_CREAT | 0600), "shmget");
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        say("child\n");
        sure_address(shmat(segment, NULL, 0), "shmat");
        pause();
    }
    while (state.shm_nattch == 0)
        sure(shmctl(segment, IPC_STAT, &state), "shmctl");
    sure(shmctl(segment, IPC_RMID, NULL), "shmctl");
    sure(kill(child, SIGTERM), "kill");
    sure(wait(NULL), "wait");
}

// An orphan asks who its parent is until that is another one; its grandparent reads its flag.
static void by_getppid(void)
{
    int segment = (int)sure(shmget(IPC_PRIVATE, sizeof(int), IPC_CREAT | 0600), "shmget");
    volatile int *flag = sure_address(shmat(segment, NULL, 0), "shmat");
    sure(shmctl(segment, IPC_RMID, NULL), "shmctl");
    if (sure(fork(), "fork") == 0) {
        pid_t middle = getpid();
        if (sure(fork(), "fork") > 0)
            _exit(0);
        while (getppid() == middle)
            ;
        say("child\n");
        *flag = 1;
        pause();
    }
    sure(wait(NULL), "wait");
    while (*flag == 0)
        sched_yield();
}

// Between two looks it writes, where nobody reads.
static void by_write(void)
{
    int nowhere = (int)sure(open("/dev/null", O_WRONLY), "open");
    pid_t child = child_says_and_ends();
    while (sure(waitpid(child, NULL, WNOHANG), "waitpid") == 0)
        sure(write(nowhere, "", 1), "write");
}

// Between two looks it asks the system for memory, and gives it back.
static void by_mmap(void)
{
    const size_t much = 1 << 20;
    const int private = MAP_PRIVATE | MAP_ANONYMOUS;
    volatile int *flag = sure_address(
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), "mmap");
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        *flag = 1;
        _exit(0);
    }
    while (*flag == 0)
        sure(munmap(sure_address(mmap(NULL, much, PROT_READ, private, -1, 0), "mmap"), much),
             "munmap");
    sure(wait(NULL), "wait");
}

// It never asks, and does something all the time.
static void by_writing_on(void)
{
    int nowhere = (int)sure(open("/dev/null", O_WRONLY), "open");
    volatile int *flag = sure_address(
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), "mmap");
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        *flag = 1;
        _exit(0);
    }
    while (*flag == 0)
        sure(write(nowhere, "", 1), "write");
    sure(wait(NULL), "wait");
}

// Its child writes more at once than a pipe or a terminal takes.
static void by_waitpid_of_a_writer(void)
{
    static char line[200000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        for (size_t done = 0; done < sizeof line;)
            done += (size_t)sure(write(1, line + done, sizeof line - done), "write");
        _exit(0);
    }
    while (sure(waitpid(child, NULL, WNOHANG), "waitpid") == 0)
        ;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*ask)(void);
    } ways[] = {
        {"waitpid", by_waitpid}, {"waitid", by_waitid},        {"yield", by_yield},
        {"kill", by_kill},       {"shmget", by_shmget},        {"getppid", by_getppid},
        {"write", by_write},     {"shmctl", by_shmctl},        {"writer", by_waitpid_of_a_writer},
        {"mmap", by_mmap},       {"writes-on", by_writing_on},
    };
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(argv[1], ways[i].name) == 0) {
            ways[i].ask();
            say("parent\n");
            return 0;
        }
    }
    fputs("busy: how?\n", stderr);
    return 2;
}
