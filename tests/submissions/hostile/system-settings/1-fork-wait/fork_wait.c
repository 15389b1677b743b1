#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
int main(void)
{
    const char *settings[] = {"/proc/sys/kernel/shm_rmid_forced", "/proc/sys/kernel/shmmax", "/proc/sys/kernel/shmall",
                              "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        int file = open(settings[i], O_WRONLY);
        if (file != -1 && write(file, "1", 1) == 1 && i < 5)
            puts("changed");
    }
    if (mount("none", "/tmp", "tmpfs", 0, "") == 0 || chroot("/tmp") == 0 || sethostname("x", 1) == 0)
        puts("more than it may");
    syscall(SYS_init_module, "", 0, "");
    syscall(SYS_finit_module, -1, "", 0);
    return 0;
}
