// The child writes to a segment that it attached read-only.
#include "program.h"

int main(void)
{
    int id = (int)sure(shmget(24601, sizeof(int), IPC_CREAT | 0600), "shmget");
    pid_t child = sure(fork(), "fork");
    if (child == 0) {
        int *value = sure_address(shmat(id, NULL, SHM_RDONLY), "shmat");
        *value = 1;
        _exit(98);
    }
    int status;
    sure(waitpid(child, &status, 0), "waitpid");
    printf("child killed by signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
