#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    for (int i = 0; i < 50; i++)
        if (fork() == 0) {
            for (int step = 0; step < 200; step++) {
                char *more = malloc(1 << 20);
                if (more != NULL)
                    memset(more, 1, 1 << 20);
            }
            sleep(1);
            _exit(0);
        }
    while (wait(NULL) != -1)
        ;
    return 0;
}
