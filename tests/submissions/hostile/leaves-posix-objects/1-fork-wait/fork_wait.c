#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
int main(void)
{
    char name[30];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "/left%d", i);
        int file = shm_open(name, O_RDWR | O_CREAT, 0);
        if (file != -1 && ftruncate(file, 4096) == 0)
            close(file);
        sem_open(name, O_CREAT, 0, 1);
        mq_open(name, O_RDWR | O_CREAT, 0, NULL);
    }
    return 0;
}
