// Uses a segment that is there: segment_use KEY prints its first int; segment_use KEY remove
// removes it too.
#include "program.h"

int main(int argc, char **argv)
{
    int id = shmget(number(argc, argv, 1, 24601), 0, 0);
    if (id == -1) {
        printf("none: %s\n", strerrorname_np(errno));
        return 1;
    }
    const int *value = sure_address(shmat(id, NULL, SHM_RDONLY), "shmat");
    printf("value: %d\n", *value);
    sure(shmdt(value), "shmdt");
    if (argc > 2 && strcmp(argv[2], "remove") == 0)
        sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
