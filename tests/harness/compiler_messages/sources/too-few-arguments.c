#include <sys/ipc.h>
#include <sys/shm.h>

int main(void)
{
    return shmget(24601, 4);
}
