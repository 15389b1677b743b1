#include <sys/types.h>

int main(void)
{
    int id = shmget(24601, 4, IPC_CREAT | 0600);
    return id == -1;
}
