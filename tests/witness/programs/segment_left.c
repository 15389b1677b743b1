// Leaves a segment behind, with VALUE in it: segment_left KEY SIZE VALUE
#include "program.h"

int main(int argc, char **argv)
{
    size_t size = (size_t)number(argc, argv, 2, 4);
    int id = (int)sure(shmget(number(argc, argv, 1, 24601), size, IPC_CREAT | IPC_EXCL | 0640),
                       "shmget");
    int *value = sure_address(shmat(id, NULL, 0), "shmat");
    *value = number(argc, argv, 3, 0);
    return 0;
}
