// A grandchild keeps standard output open after everyone else has ended.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        if (sure(fork(), "fork") == 0) {
            setsid();
            for (;;)
                pause();
        }
        _exit(0);
    }
    sure(wait(NULL), "wait");
    say("parent: done\n");
    return 0;
}
