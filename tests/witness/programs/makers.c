// makers N: so many children ask for the same set at once; whoever comes first makes it.
#include "program.h"

#include <sys/sem.h>

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 4);
    for (int i = 0; i < count; i++) {
        if (sure(fork(), "fork") == 0) {
            sure(semget(0x6b69, 1, IPC_CREAT | 0600), "semget");
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
