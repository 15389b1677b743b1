#include <stdio.h>
#include <sys/shm.h>

int main(void)
{
    int *slots = shmget(24601, 4, 0);
    printf("%d\n", slots == NULL);
    return 0;
}
