// The child writes to address 8.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        *(volatile int *)(uintptr_t)8 = 1;
        _exit(98);
    }
    sure(wait(NULL), "wait");
    return 0;
}
