// A thread becomes another program, while the first one waits: execs_in_thread PROGRAM ARGUMENT...
#include "program.h"
#include <pthread.h>

static void *become(void *words)
{
    char **argv = words;
    execv(argv[1], argv + 1);
    perror("execv");
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    if (argc < 2 || pthread_create(&thread, NULL, become, argv) != 0)
        return 2;
    pthread_join(thread, NULL);
    return 1;
}
