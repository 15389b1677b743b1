// The parent sleeps, a little at a time, until the child has set a flag: never a wait before.
#include "program.h"

int main(void)
{
    volatile int *flag =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        *flag = 1;
        _exit(0);
    }
    while (*flag == 0)
        usleep(1000);
    sure(wait(NULL), "wait");
    say("parent\n");
    return 0;
}
