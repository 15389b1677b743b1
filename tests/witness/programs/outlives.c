// A child that never ends by itself, and a parent that does not wait for it.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        for (;;)
            pause();
    }
    say("parent: done\n");
    return 0;
}
