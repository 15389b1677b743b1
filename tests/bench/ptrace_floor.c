// The least that a tracer can do: the floor that witness is measured against. It stops at the same
// calls by the same means (a seccomp filter, PTRACE_SEIZE), at entry and at return, looks at
// nothing and writes nothing. ptrace_floor COMMAND ARGUMENT...
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OPTIONS = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
              PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL
};

static const unsigned traced[] = {SYS_shmget, SYS_shmat, SYS_shmdt,  SYS_shmctl,
                                  SYS_wait4,  SYS_clone, SYS_execve, SYS_exit_group};

static int install_filter(void)
{
    enum { COUNT = sizeof traced / sizeof traced[0] };
    struct sock_filter code[COUNT + 3];
    code[0] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < COUNT; i++)
        code[1 + i] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, traced[i], COUNT - i, 0);
    code[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    const struct sock_fprog program = {.len = COUNT + 3, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

// How the stopped process goes on after this stop: at a call's entry, to its return.
static int go_on(pid_t pid, int status)
{
    const int stop = WSTOPSIG(status);
    const int event = status >> 16;
    if (event == PTRACE_EVENT_SECCOMP)
        return (int)ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
    if (event != 0 || stop == (SIGTRAP | 0x80) || stop == SIGSTOP)
        return (int)ptrace(PTRACE_CONT, pid, NULL, NULL);
    return (int)ptrace(PTRACE_CONT, pid, NULL, (void *)(long)stop);
}

int main(int argc, char **argv)
{
    int ready[2];
    if (argc < 2 || pipe(ready) == -1)
        return 2;
    const pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ready[1]);
        if (read(ready[0], &byte, 1) == 0 && install_filter() == 0)
            execv(argv[1], argv + 1);
        _exit(127);
    }
    if (child == -1 || ptrace(PTRACE_SEIZE, child, NULL, (void *)(long)OPTIONS) == -1) {
        perror("ptrace_floor");
        return 3;
    }
    close(ready[0]);
    close(ready[1]);
    int result = 0;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status))
            (void)go_on(pid, status);
        else if (pid == child)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    return errno == ECHILD ? result : 4;
}
