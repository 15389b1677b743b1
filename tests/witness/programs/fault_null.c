// The child writes to address 8.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        // Read from memory: a compiler that knew the address would warn of it.
        volatile uintptr_t nowhere = 8;
        *(volatile int *)nowhere = 1;
        _exit(98);
    }
    sure(wait(NULL), "wait");
    return 0;
}
