#include <limits.h>
#include <pthread.h>
#include <unistd.h>
static void *rest(void *unused)
{
    for (;;)
        pause();
    return unused;
}
int main(void)
{
    pthread_attr_t small;
    pthread_t thread;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
    for (int i = 0; i < 60; i++)
        if (fork() == 0) {
            for (int j = 0; j < 200; j++)
                pthread_create(&thread, &small, rest, NULL);
            for (;;)
                pause();
        }
    for (;;)
        pause();
}
