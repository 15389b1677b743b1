// A child, a grandchild and their parent, each waited for by its own parent: 10, 11, 12.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        if (sure(fork(), "fork") == 0) {
            say("grandchild\n");
            _exit(12);
        }
        sure(wait(NULL), "wait");
        say("child\n");
        _exit(11);
    }
    sure(wait(NULL), "wait");
    say("parent\n");
    return 10;
}
