// The child writes on a duplicate of standard output.
#include "program.h"

int main(void)
{
    if (sure(fork(), "fork") == 0) {
        FILE *copy = fdopen((int)sure(dup(STDOUT_FILENO), "dup"), "w");
        bool written = copy != NULL && fprintf(copy, "duplicate: 3\n") > 0;
        _exit(written && fclose(copy) == 0 ? 0 : 99);
    }
    sure(wait(NULL), "wait");
    return 0;
}
