// Writes every byte value once, in one write.
#include "program.h"

int main(void)
{
    unsigned char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    sure(write(STDOUT_FILENO, all, sizeof all), "write");
    return 0;
}
