// Takes more than it may: takes time|sleep|cpu|memory|segments|one-segment|processes|output|file|
// descriptors. Tells the errno where a call said no.
#include "program.h"
#include <stdatomic.h>

static int told(const char *call)
{
    printf("%s: %s\n", call, strerrorname_np(errno));
    return 1;
}

static _Noreturn int take_time(void)
{
    for (;;)
        usleep(10000);
}

static _Noreturn int take_cpu(void)
{
    for (;;)
        ;
}

static int take_memory(void)
{
    for (;;) {
        char *block = malloc(1 << 20);
        if (block == NULL)
            return told("malloc");
        memset(block, 1, 1 << 20);
    }
}

static int take_segments(void)
{
    for (int i = 0; i < 1000; i++) {
        int id = shmget(IPC_PRIVATE, 1 << 20, 0600);
        if (id == -1)
            return told("shmget");
    }
    return 98;
}

static int take_one_segment(void)
{
    return shmget(IPC_PRIVATE, (size_t)1 << 30, 0600) == -1 ? told("shmget") : 98;
}

// 500 in all and no more: a test must not take the machine down where a limit does not hold.
static _Noreturn int take_processes(void)
{
    atomic_int *count =
        mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 500)
        fork();
    for (;;)
        pause();
}

static int take_output(void)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    for (;;)
        if (write(STDOUT_FILENO, block, sizeof block) == -1)
            return 1;
}

static int take_file(void)
{
    static char block[65536];
    int file = (int)sure(open("taken", O_CREAT | O_WRONLY, 0600), "open");
    unlink("taken");
    signal(SIGXFSZ, SIG_IGN);
    for (;;)
        if (write(file, block, sizeof block) == -1)
            return told("write");
}

static int take_descriptors(void)
{
    for (;;)
        if (dup(0) == -1)
            return told("dup");
}

// Gives them all back before it ends.
static int take_descriptors_for_a_moment(void)
{
    int highest = 0;
    for (int got = 0; got != -1; got = dup(0))
        highest = got;
    perror("dup");
    sure(close_range(3, (unsigned)highest, 0), "close_range");
    return 1;
}

static const struct {
    const char *name;
    int (*take)(void);
} things[] = {
    {"time", take_time},
    {"cpu", take_cpu},
    {"memory", take_memory},
    {"segments", take_segments},
    {"one-segment", take_one_segment},
    {"processes", take_processes},
    {"output", take_output},
    {"file", take_file},
    {"descriptors", take_descriptors},
    {"descriptors-for-a-moment", take_descriptors_for_a_moment},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof things / sizeof things[0]; i++)
        if (strcmp(things[i].name, argv[1]) == 0)
            return things[i].take();
    return 99;
}
