// How a child ends: ends exit CODE | ends signal NUMBER | ends group CODE (exit_group by a thread)
#include "program.h"
#include <pthread.h>

static void *leave(void *code)
{
    exit((int)(intptr_t)code);
}

static void end(const char *how, int value)
{
    pthread_t thread;
    if (strcmp(how, "exit") == 0)
        exit(value);
    if (strcmp(how, "signal") == 0)
        kill(getpid(), value);
    if (strcmp(how, "group") == 0) {
        pthread_create(&thread, NULL, leave, (void *)(intptr_t)value);
        pthread_join(thread, NULL);
    }
    _exit(98);
}

int main(int argc, char **argv)
{
    pid_t child = sure(fork(), "fork");
    if (child == 0)
        end(argc > 1 ? argv[1] : "exit", number(argc, argv, 2, 0));
    int status;
    sure(waitpid(child, &status, 0), "waitpid");
    if (WIFSIGNALED(status))
        printf("child killed by signal %d\n", WTERMSIG(status));
    else
        printf("child ended with %d\n", WEXITSTATUS(status));
    return 0;
}
