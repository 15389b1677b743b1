#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/mman.h>
static int deeper(volatile int *above) { volatile int here[1000]; here[0] = *above; return deeper(here) + here[1]; }
int main(void)
{
    volatile int first = 1;
    void *huge = mmap(NULL, 1UL << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("%d\n", huge == MAP_FAILED);
    return deeper(&first);
}
