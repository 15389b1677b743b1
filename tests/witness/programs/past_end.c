// A child puts 1000003 into the first int of a segment of SIZE bytes; the parent tells it, and the
// SIZE-th byte: the first one past the end. "writes": the child puts 7 and 90 there, too.
#include "program.h"

int main(int argc, char **argv)
{
    size_t size = (size_t)number(argc, argv, 1, 4);
    bool writes = argc > 2 && strcmp(argv[2], "writes") == 0;
    int id = (int)sure(shmget(24601, size, IPC_CREAT | 0600), "shmget");
    unsigned char *bytes = sure_address(shmat(id, NULL, 0), "shmat");
    if (sure(fork(), "fork") == 0) {
        *(int *)bytes = 1000003;
        if (writes)
            memcpy(bytes + size, (char[]){7, 90}, 2);
        _exit(0);
    }
    sure(wait(NULL), "wait");
    printf("first: %d\n", *(int *)bytes);
    if (size % (size_t)sysconf(_SC_PAGESIZE) != 0)
        printf("past the end: %d\n", bytes[size]);
    sure(shmdt(bytes), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
