// COUNT children, each prints its number as soon as it may run; the parent waits for all of them.
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 3);
    for (int i = 1; i <= count; i++) {
        if (sure(fork(), "fork") == 0) {
            char line[32];
            snprintf(line, sizeof line, "child %d\n", i);
            say(line);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    say("parent\n");
    return 0;
}
