#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
int main(void)
{
    struct sock_filter lines[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    struct sock_fprog program = {1, lines};
    prctl(PR_SET_DUMPABLE, 0L);
    prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
    int one = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    long two = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    printf("%d %ld\n", one, two);
    return 0;
}
