// COUNT children each look the segment up once, one after the other, and say how it went.
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 3);
    int id = (int)sure(shmget(24601, 4, IPC_CREAT | 0600), "shmget");
    for (int i = 1; i <= count; i++) {
        if (sure(fork(), "fork") == 0) {
            char line[64];
            bool found = shmget(24601, 0, 0) != -1;
            snprintf(line, sizeof line, "%d: %s\n", i, found ? "ok" : strerrorname_np(errno));
            say(line);
            _exit(0);
        }
        sure(wait(NULL), "wait");
    }
    sure(shmctl(id, IPC_RMID, NULL), "shmctl");
    return 0;
}
