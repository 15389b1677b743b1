// Asks not to be dumpable, then does what witness must see all the same.
#include "program.h"
#include <sys/prctl.h>

int main(void)
{
    printf("prctl: %ld\n", sure(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl"));
    fflush(stdout);
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        _exit(0);
    }
    sure(wait(NULL), "wait");
    return 0;
}
