#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static void late(void) { _exit(0); }
__attribute__((destructor)) static void last(void) { _exit(0); }
int main(void)
{
    atexit(late);
    return 1;
}
