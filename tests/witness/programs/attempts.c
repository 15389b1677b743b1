// Makes each call of the lesson once and prints how it went, "CALL: ok" or "CALL: ERRNO"; what
// hangs on a call that failed is left out.
#include "program.h"

static bool went(const char *call, bool ok)
{
    printf("%s: %s\n", call, ok ? "ok" : strerrorname_np(errno));
    fflush(stdout);
    return ok;
}

int main(void)
{
    int id = shmget(IPC_PRIVATE, 4, 0600);
    if (went("shmget", id != -1)) {
        void *address = shmat(id, NULL, 0);
        if (went("shmat", address != (void *)-1))
            went("shmdt", shmdt(address) == 0);
        went("shmctl", shmctl(id, IPC_RMID, NULL) == 0);
    }
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    if (went("fork", child != -1))
        went("wait", wait(NULL) != -1);
    return 0;
}
