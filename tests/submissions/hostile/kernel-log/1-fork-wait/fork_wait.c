#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static void show(const char *path)
{
    static char bytes[60000];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fwrite(bytes, 1, length, stdout);
    fclose(file);
}

#include <sys/klog.h>
int main(void)
{
    static char log[60000];
    const char *files[] = {"/proc/kmsg", "/dev/kmsg", "/proc/kcore", "/proc/keys", "/proc/kallsyms", "/dev/mem", "/proc/1/mountinfo"};
    if (klogctl(3, log, sizeof log) > 0)
        puts("the kernel's log");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(files[i], "/dev/kmsg") != 0)
            show(files[i]);
    return 0;
}
