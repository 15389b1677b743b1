// Tells a FIFO that it runs: its number, its child's, and the id of its segment; then goes on for
// good. announces FIFO
#include "program.h"

int main(int argc, char **argv)
{
    if (argc < 2)
        return 99;
    int id = (int)sure(shmget(IPC_PRIVATE, 4, 0600), "shmget");
    pid_t child = sure(fork(), "fork");
    if (child > 0) {
        FILE *fifo = fopen(argv[1], "w");
        if (fifo == NULL)
            return 99;
        fprintf(fifo, "%d %d %d\n", getpid(), child, id);
        fclose(fifo);
    }
    for (;;)
        usleep(10000);
}
