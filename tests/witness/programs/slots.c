// Child K puts 1000003 * K into slot K of the segment; the parent waits for all and adds them up.
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 3);
    int id = (int)sure(shmget(24601, (size_t)count * sizeof(int), IPC_CREAT | 0600), "shmget");
    for (int i = 0; i < count; i++) {
        if (sure(fork(), "fork") == 0) {
            int *slots = sure_address(shmat(id, NULL, 0), "shmat");
            slots[i] = 1000003 * (i + 1);
            sure(shmdt(slots), "shmdt");
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    int *slots = sure_address(shmat(id, NULL, 0), "shmat");
    int total = 0;
    for (int i = 0; i < count; i++)
        total += slots[i];
    printf("total: %d\n", total);
    sure(shmdt(slots), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
