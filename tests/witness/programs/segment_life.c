// The five operations: the parent creates, the child looks it up by key and writes, the parent
// reads and removes.
#include "program.h"

int main(int argc, char **argv)
{
    key_t key = number(argc, argv, 1, 24601);
    int id = (int)sure(shmget(key, sizeof(int), IPC_CREAT | IPC_EXCL | 0600), "shmget");
    pid_t child = sure(fork(), "fork");
    if (child == 0) {
        int *value = sure_address(shmat((int)sure(shmget(key, 0, 0), "shmget"), NULL, 0), "shmat");
        *value = 1234567;
        sure(shmdt(value), "shmdt");
        return 0;
    }
    sure(waitpid(child, NULL, 0), "waitpid");
    int *value = sure_address(shmat(id, NULL, SHM_RDONLY), "shmat");
    printf("value: %d\n", *value);
    sure(shmdt(value), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
