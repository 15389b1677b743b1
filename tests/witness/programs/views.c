// The parent keeps a second view of a segment that it detached (HOW: old-size-0, or none);
// a child attaches it and stores a value. views HOW
#include "program.h"

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "none";
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    char *address = sure_address(shmat(id, NULL, 0), "shmat");
    if (strcmp(how, "old-size-0") == 0)
        sure_address(mremap(address, 0, 4096, MREMAP_MAYMOVE), "mremap");
    sure(shmdt(address), "shmdt");
    if (sure(fork(), "fork") == 0) {
        int *value = sure_address(shmat(id, NULL, 0), "shmat");
        *value = 1000003;
        sure(shmdt(value), "shmdt");
        _exit(0);
    }
    sure(wait(NULL), "wait");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
