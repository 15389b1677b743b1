// A thread of the parent prints, and makes and removes a segment.
#include "program.h"
#include <pthread.h>

static void *work(void *nothing)
{
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    say("thread: 5\n");
    return nothing;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    say("main: 6\n");
    return 0;
}
