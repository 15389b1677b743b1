// Creates a segment with this mode, attaches it and writes to it; looks it up, and removes it.
// segment_mode MODE
#include "program.h"

int main(int argc, char **argv)
{
    if (argc != 2)
        return 99;
    int id = (int)sure(shmget(4711, 4, IPC_CREAT | (int)strtol(argv[1], NULL, 8)), "shmget");
    int *place = shmat(id, NULL, 0);
    if (place == (void *)-1) {
        puts("not attached");
    } else {
        *place = 1;
        puts(shmget(4711, 0, 0) == id ? "found" : "not found");
    }
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
