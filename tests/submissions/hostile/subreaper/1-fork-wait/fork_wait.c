#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/prctl.h>
int main(void)
{
    prctl(PR_SET_PDEATHSIG, 0L);
    prctl(PR_SET_CHILD_SUBREAPER, 1L);
    for (int i = 0; i < 5; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, 0L);
            if (fork() == 0)
                for (;;)
                    pause();
            _exit(0);
        }
    return 0;
}
