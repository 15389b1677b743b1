#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
static jmp_buf out;
static void caught(int number) { (void)number; longjmp(out, 1); }
int main(void)
{
    signal(SIGABRT, caught);
    if (setjmp(out) == 0)
        abort();
    if (fork() == 0)
        quick_exit(0);
    pthread_exit(NULL);
}
