// Writes to a pipe and a file of its own are no output; the one on stderr is.
#include "program.h"

int main(void)
{
    int ends[2];
    sure(pipe(ends), "pipe");
    sure(write(ends[1], "pipe\n", 5), "write");
    int file = (int)sure(open("/dev/null", O_WRONLY), "open");
    sure(write(file, "file\n", 5), "write");
    sure(write(STDERR_FILENO, "error\n", 6), "write");
    say("output\n");
    return 0;
}
