// The child stores a value as int|long|double|extended at the segment's start, or packed behind a
// char, and again behind it when told "twice"; the parent prints what it reads there.
// stores TYPE VALUE [twice]
#include "program.h"

struct __attribute__((packed)) packed {
    char before;
    int value;
};

static void store(void *place, const char *type, long value)
{
    if (strcmp(type, "int") == 0)
        *(int *)place = (int)value;
    if (strcmp(type, "long") == 0)
        *(long *)place = value;
    if (strcmp(type, "double") == 0)
        *(double *)place = (double)value;
    if (strcmp(type, "extended") == 0)
        *(long double *)place = (long double)value;
    if (strcmp(type, "packed") == 0)
        *(struct packed *)place = (struct packed){'!', (int)value};
}

static long fetch(const void *place, const char *type)
{
    if (strcmp(type, "int") == 0)
        return *(const int *)place;
    if (strcmp(type, "long") == 0)
        return *(const long *)place;
    if (strcmp(type, "extended") == 0)
        return (long)*(const long double *)place;
    if (strcmp(type, "packed") == 0)
        return ((const struct packed *)place)->value;
    return (long)*(const double *)place;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 99;
    const char *type = argv[1];
    int id = (int)sure(shmget(IPC_PRIVATE, 64, 0600), "shmget");
    char *place = sure_address(shmat(id, NULL, 0), "shmat");
    if (sure(fork(), "fork") == 0) {
        store(place, type, atol(argv[2]));
        if (argc > 3)
            store(place + 16, type, atol(argv[2]));
        _exit(0);
    }
    sure(wait(NULL), "wait");
    printf("read: %ld\n", fetch(place, type));
    sure(shmdt(place), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
