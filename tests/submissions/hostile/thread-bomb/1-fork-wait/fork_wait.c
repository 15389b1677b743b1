#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pthread.h>
static void *sleeper(void *nothing) { pause(); return nothing; }
int main(void)
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    for (long made = 0;; made++)
        if (pthread_create(&thread, &small, sleeper, NULL) != 0)
            pause();
}
