#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
int main(void)
{
    static char page[4096];
    char path[64], line[300];
    for (int pid = 1; pid < 200; pid++) {
        if (pid == getpid())
            continue;
        if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
            printf("seized %d\n", pid);
        snprintf(path, sizeof path, "/proc/%d/maps", pid);
        FILE *maps = fopen(path, "r");
        snprintf(path, sizeof path, "/proc/%d/mem", pid);
        int memory = open(path, O_RDONLY);
        unsigned long from, to;
        while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
            if (sscanf(line, "%lx-%lx rw", &from, &to) != 2)
                continue;
            for (unsigned long at = from; at < to && at < from + (64UL << 20); at += sizeof page) {
                struct iovec mine = {page, sizeof page}, theirs = {(void *)at, sizeof page};
                if ((memory != -1 && pread(memory, page, sizeof page, (off_t)at) > 0) ||
                    process_vm_readv(pid, &mine, 1, &theirs, 1, 0) > 0) {
                    char *found = memmem(page, sizeof page - 40, "CANARY-", 7);
                    if (found != NULL)
                        printf("%.30s\n", found);
                }
            }
        }
    }
    return 0;
}
