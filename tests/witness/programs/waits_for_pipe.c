// The parent reads from a pipe that the child writes to, then reaps it.
#include "program.h"

int main(void)
{
    int ends[2];
    char byte;
    sure(pipe(ends), "pipe");
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        sure(write(ends[1], "x", 1), "write");
        _exit(0);
    }
    sure(read(ends[0], &byte, 1), "read");
    sure(wait(NULL), "wait");
    say("parent\n");
    return 0;
}
