// Stores a value in a segment that stays, or prints and removes it: keeps write VALUE, keeps read
#include "program.h"

int main(int argc, char **argv)
{
    bool writes = argc > 2 && strcmp(argv[1], "write") == 0;
    int id = (int)sure(shmget(4711, 4, writes ? IPC_CREAT | 0600 : 0), "shmget");
    int *value = sure_address(shmat(id, NULL, 0), "shmat");
    if (writes) {
        *value = number(argc, argv, 2, 0);
        return 0;
    }
    printf("read: %d\n", *value);
    return (int)sure(shmctl(id, IPC_RMID, NULL), "shmctl");
}
