// The parent asks with WNOHANG until the child is reaped: waits_by_polling [usleep]
#include "program.h"

int main(int argc, char **argv)
{
    (void) argv;
    if (sure(fork(), "fork") == 0) {
        say("child\n");
        _exit(0);
    }
    while (sure(waitpid(-1, NULL, WNOHANG), "waitpid") == 0)
        if (argc > 1)
            usleep(1000);
    say("parent\n");
    return 0;
}
