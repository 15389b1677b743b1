// The child writes on a duplicate of standard output.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        FILE *copy = fdopen((int)sure(dup(STDOUT_FILENO), "dup"), "w");
        fprintf(copy, "duplicate: 3\n");
        fclose(copy);
        _exit(0);
    }
    sure(wait(NULL), "wait");
    return 0;
}
