// COUNT traced calls: many_calls COUNT
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 1000000);
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    struct shmid_ds about;
    for (int i = 0; i < count; i++)
        sure(shmctl(id, IPC_STAT, &about), "shmctl");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
