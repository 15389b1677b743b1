// Tells the id of the first segment that it creates.
#include "program.h"

int main(void)
{
    int id = (int)sure(shmget(IPC_PRIVATE, 1, 0600), "shmget");
    printf("id: %d\n", id);
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
