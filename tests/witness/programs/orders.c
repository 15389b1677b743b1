// Programs whose result depends on the order of their processes, or not: the first argument names
// one.
#include "program.h"

#define MODES 5

static int *shared;

static void small_letters(void)
{
    say("a");
    say("b");
}

static void capital_letters(void)
{
    say("A");
    say("B");
}

// Another process may add to it between the load and the store.
static void adds_one(void)
{
    struct shmid_ds about;
    int seen = *shared;
    sure(shmctl((int)sure(shmget(24603, 0, 0), "shmget"), IPC_STAT, &about), "shmctl");
    *shared = seen + 1;
}

static void own_segment(void)
{
    int id = (int)sure(shmget(IPC_PRIVATE, 100, IPC_CREAT | 0600), "shmget");
    void *address = sure_address(shmat(id, NULL, 0), "shmat");
    sure(shmdt(address), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
}

static void start(void (*work)(void))
{
    if (sure(fork(), "fork") == 0) {
        work();
        _exit(0);
    }
}

static void both(void (*one)(void), void (*other)(void))
{
    start(one);
    start(other);
    while (wait(NULL) > 0)
        ;
}

static void letters(void)
{
    both(small_letters, capital_letters);
}

static void apart(void)
{
    both(small_letters, own_segment);
}

static void sum(void)
{
    int id = (int)sure(shmget(24603, sizeof *shared, IPC_CREAT | 0600), "shmget");
    shared = sure_address(shmat(id, NULL, 0), "shmat");
    both(adds_one, adds_one);
    printf("sum: %d\n", *shared);
    sure(shmdt(shared), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
}

static int ends[2];

static void asks(void)
{
    sure(write(ends[1], "x", 1), "write");
    say("w");
}

static void answers(void)
{
    char byte;
    sure(read(ends[0], &byte, 1), "read");
    say("r");
}

static void piped(void)
{
    sure(pipe(ends), "pipe");
    both(answers, asks);
}

static void polls(void)
{
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        say("c");
        _exit(0);
    }
    if (sure(waitpid(child, NULL, WNOHANG), "waitpid") == 0)
        say(".");
    wait(NULL);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } modes[MODES] = {
        {"letters", letters}, {"apart", apart}, {"sum", sum}, {"piped", piped}, {"polls", polls},
    };
    for (int i = 0; i < MODES && argc > 1; i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            return 0;
        }
    }
    return 99;
}
