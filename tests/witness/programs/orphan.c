// A grandchild that nobody waits for: process 1 waited for its parent, which ended before it.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        if (sure(fork(), "fork") == 0)
            say("grandchild\n");
        _exit(0);
    }
    sure(wait(NULL), "wait");
    say("parent\n");
    return 0;
}
