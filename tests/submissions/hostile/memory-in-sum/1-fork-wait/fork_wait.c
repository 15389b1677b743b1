#define _DEFAULT_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
    const size_t size = 200 << 20;
    for (int i = 0; i < 60; i++)
        if (fork() == 0) {
            char *memory =
                mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (memory != MAP_FAILED) {
                madvise(memory, size, MADV_HUGEPAGE); /* small pages may cost all its CPU time */
                memset(memory, 1, size);
            }
            for (;;)
                pause();
        }
    for (;;)
        pause();
}
