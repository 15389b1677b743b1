// One line put together from writes of two processes: "child" writes its middle.
#include "program.h"

int main(void)
{
    say("pie");
    if (sure(fork(), "fork") == 0) {
        say("ces: ");
        _exit(0);
    }
    sure(wait(NULL), "wait");
    say("2\n");
    return 0;
}
