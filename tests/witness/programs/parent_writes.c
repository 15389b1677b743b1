// The parent changes the segment while its child lives and is blocked; the child changes nothing.
#include "program.h"

int main(void)
{
    int ends[2];
    char byte;
    sure(pipe(ends), "pipe");
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    int *value = sure_address(shmat(id, NULL, 0), "shmat");
    if (sure(fork(), "fork") == 0) {
        sure(read(ends[0], &byte, 1), "read");
        _exit(0);
    }
    *value = 77;
    sure(write(ends[1], "x", 1), "write");
    sure(wait(NULL), "wait");
    sure(shmdt(value), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
