// Asks for COUNT keys that are not there, then COUNT times for one of them: asks_for_keys COUNT
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 2000);
    for (int key = 1; key <= count; key++)
        shmget(key, 0, 0);
    for (int i = 0; i < count; i++)
        shmget(1, 0, 0);
    int id = (int)sure(shmget(1, 4, IPC_CREAT | 0600), "shmget");
    shmget(2, 0, 0);
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    shmget(1, 0, 0);
    return 0;
}
