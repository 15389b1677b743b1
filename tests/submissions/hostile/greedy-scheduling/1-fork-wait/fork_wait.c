#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
int main(void)
{
    struct sched_param most = {99};
    printf("%d %d %d\n", sched_setscheduler(0, SCHED_FIFO, &most), setpriority(PRIO_PROCESS, 0, -20),
           mlockall(MCL_CURRENT | MCL_FUTURE));
    return 0;
}
