#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
int main(void)
{
    siginfo_t about = {0};
    about.si_code = -1;
    for (int pid = 1; pid < 300; pid++) {
        if (pid == getpid())
            continue;
        syscall(SYS_tkill, pid, SIGSTOP);
        syscall(SYS_tgkill, pid, pid, SIGSTOP);
        syscall(SYS_rt_sigqueueinfo, pid, SIGSTOP, &about);
        long handle = syscall(SYS_pidfd_open, pid, 0);
        syscall(SYS_pidfd_send_signal, handle, SIGSTOP, NULL, 0);
        char path[40];
        snprintf(path, sizeof path, "/proc/%d", pid);
        int folder = open(path, O_RDONLY | O_DIRECTORY);
        syscall(SYS_pidfd_send_signal, folder, SIGKILL, NULL, 0);
        close(folder);
        close((int)handle);
    }
    return 0;
}
