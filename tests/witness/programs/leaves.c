// Leaves something that is no segment: leaves semaphore|queue|posix|posix-queue|file NAME
#include "program.h"
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const char *name = argc > 2 ? argv[2] : "left";
    if (strcmp(what, "semaphore") == 0)
        sure(semget(IPC_PRIVATE, 1, 0600), "semget");
    if (strcmp(what, "queue") == 0)
        sure(msgget(IPC_PRIVATE, 0600), "msgget");
    if (strcmp(what, "posix") == 0)
        sure(shm_open(name, O_CREAT | O_RDWR, 0600), "shm_open");
    if (strcmp(what, "posix-queue") == 0)
        sure(mq_open(name, O_CREAT | O_RDWR, 0600, NULL), "mq_open");
    if (strcmp(what, "file") == 0)
        sure(open(name, O_CREAT | O_WRONLY, 0600), "open");
    return 0;
}
