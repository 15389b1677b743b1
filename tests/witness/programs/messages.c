// A pipe, a queue and a set, each used once between parent and child.
#include "program.h"

#include <sys/msg.h>
#include <sys/sem.h>

struct message {
    long type;
    char text[6];
};

int main(void)
{
    int ends[2], again[2];
    sure(pipe(ends), "pipe");
    sure(pipe2(again, O_CLOEXEC), "pipe2");
    int queue = (int)sure(msgget(IPC_PRIVATE, 0600), "msgget");
    int set = (int)sure(semget(IPC_PRIVATE, 2, 0600), "semget");
    sure(semctl(set, 1, SETVAL, 3), "semctl");
    struct message message = {.type = 5, .text = "hello"};
    pid_t child = (pid_t)sure(fork(), "fork");
    if (child == 0) {
        struct sembuf both[] = {{0, 1, 0}, {1, -2, IPC_NOWAIT}};
        sure(semop(set, both, 2), "semop");
        sure(msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT), "msgsnd");
        return 0;
    }
    sure(msgrcv(queue, &message, sizeof message.text, 5, 0), "msgrcv");
    sure(waitpid(child, NULL, 0), "waitpid");
    printf("%ld\n", sure(semctl(set, 1, GETVAL), "semctl"));
    sure(semctl(set, 0, IPC_RMID), "semctl");
    sure(msgctl(queue, IPC_RMID, NULL), "msgctl");
    return 0;
}
