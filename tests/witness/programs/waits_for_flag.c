// The parent busy-waits on a flag in the segment that the child sets, then reaps it.
#include "program.h"

int main(void)
{
    int id = (int)sure(shmget(IPC_PRIVATE, sizeof(int), 0600), "shmget");
    volatile int *flag = sure_address(shmat(id, NULL, 0), "shmat");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        *flag = 1;
        _exit(0);
    }
    while (*flag == 0)
        ;
    sure(wait(NULL), "wait");
    say("parent\n");
    return 0;
}
