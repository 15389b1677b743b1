// The child stores an int at OFFSET of a segment of SIZE bytes; the parent prints what it reads
// there, and how much memory the segment takes in pages. stores_far SIZE OFFSET VALUE
#include "program.h"

int main(int argc, char **argv)
{
    if (argc != 4)
        return 99;
    size_t size = strtoul(argv[1], NULL, 10);
    size_t offset = strtoul(argv[2], NULL, 10);
    int id = (int)sure(shmget(IPC_PRIVATE, size, 0600), "shmget");
    void *segment = sure_address(shmat(id, NULL, 0), "shmat");
    void *place = (char *)segment + offset;
    if (sure(fork(), "fork") == 0) {
        *(int *)place = atoi(argv[3]);
        _exit(0);
    }
    sure(wait(NULL), "wait");
    struct shm_info info;
    sure(shmctl(0, SHM_INFO, (struct shmid_ds *)&info), "shmctl");
    printf("read: %d, pages: %lu\n", *(int *)place, info.shm_rss);
    sure(shmdt(segment), "shmdt");
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
