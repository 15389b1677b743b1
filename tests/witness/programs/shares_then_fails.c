// An untidy life: a segment stays, a child stays, and the parent dies of a signal.
#include "program.h"

int main(void)
{
    sure(shmget(24601, 4, IPC_CREAT | 0600), "shmget");
    if (sure(fork(), "fork") == 0) {
        for (;;)
            pause();
    }
    abort();
}
