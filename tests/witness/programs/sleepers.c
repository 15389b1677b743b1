// sleepers N MILLISECONDS: child K sleeps K times as long, or, where the time is negative, the
// first one sleeps longest; each prints its number when it wakes.
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 8), ms = number(argc, argv, 2, 1000);
    for (int k = 1; k <= count; k++) {
        if (sure(fork(), "fork") == 0) {
            int seconds = ms > 0 ? k * (ms / 1000) : (count + 1 - k) * (-ms / 1000);
            sleep((unsigned)seconds);
            printf("%d\n", k);
            return 0;
        }
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
