// The parent hides its missing wait: unwaited nothing|usleep|sleep|loop|yield|long-loop
#include "program.h"
#include <sched.h>
#include <time.h>

static void pass_time(const char *how)
{
    if (strcmp(how, "usleep") == 0)
        usleep(20000);
    if (strcmp(how, "sleep") == 0)
        sleep(1);
    if (strcmp(how, "loop") == 0)
        for (volatile long i = 0; i < 20000000; i++)
            ;
    if (strcmp(how, "long-loop") == 0) { // for longer than any hold may last
        while (clock() < CLOCKS_PER_SEC / 2)
            ;
    }
    if (strcmp(how, "yield") == 0)
        for (int i = 0; i < 1000; i++)
            sched_yield();
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "nothing";
    if (sure(fork(), "fork") == 0) {
        say("child: 7\n");
        return 0;
    }
    pass_time(how);
    say("parent: 5\n");
    return 0;
}
