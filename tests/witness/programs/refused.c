// Makes a call by which a program could hide from its witness: refused WAY. Prints the errno, or
// what came back.
#include "program.h"
#include <asm/sockios.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static struct sock_filter allow_all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
static struct sock_fprog filter = {.len = 1, .filter = allow_all};

static long prctl_seccomp(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

// The kernel takes the option for an int, whatever stands above its 32 bits.
static long prctl_seccomp_wide(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return syscall(SYS_prctl, 1L << 32 | PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static long seccomp_filter(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static long traceme(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long seize_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
}

static long unshare_user(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWIPC);
}

static long setns_self(void)
{
    return setns(open("/proc/self/ns/ipc", O_RDONLY), 0);
}

static long io_uring(void)
{
    char parameters[256] = {0};
    return syscall(SYS_io_uring_setup, 1, parameters);
}

static long io_setup(void)
{
    aio_context_t context = 0;
    return syscall(SYS_io_setup, 1, &context);
}

static long read_parent(void)
{
    char byte;
    struct iovec here = {&byte, 1};
    struct iovec there = {&byte, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long write_parent(void)
{
    char byte = 0;
    struct iovec here = {&byte, 1};
    struct iovec there = {&byte, 1};
    return process_vm_writev(getppid(), &here, 1, &there, 1, 0);
}

static long steal_descriptor(void)
{
    return syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getppid(), 0), 0, 0);
}

static long signal_parent(void)
{
    return kill(getppid(), SIGTERM);
}

static long signal_parents_thread(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), SIGTERM);
}

static long signal_thread_of_parent(void)
{
    return syscall(SYS_tkill, getppid(), SIGTERM);
}

static long queue_to_parent(void)
{
    return sigqueue(getppid(), SIGTERM, (union sigval){.sival_int = 1});
}

static long signal_parents_descriptor(void)
{
    return syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, getppid(), 0), SIGTERM, NULL, 0);
}

// No signal at all: should it not be refused, nothing happens to the machine.
static long signal_everyone(void)
{
    return kill(-1, 0);
}

static long signal_parents_group(void)
{
    return kill(-getpgid(getppid()), 0);
}

static long limit_parent(void)
{
    const struct rlimit few = {.rlim_cur = 16, .rlim_max = 4096};
    return prlimit(getppid(), RLIMIT_NOFILE, &few, NULL);
}

static long slow_parent(void)
{
    return setpriority(PRIO_PROCESS, (id_t)getppid(), 19);
}

static long slow_user(void)
{
    return setpriority(PRIO_USER, 0, 19);
}

static long idle_parent(void)
{
    const struct sched_param none = {.sched_priority = 0};
    return sched_setscheduler(getppid(), SCHED_IDLE, &none);
}

static long pin_parent(void)
{
    cpu_set_t all;
    memset(&all, 0xff, sizeof all);
    return sched_setaffinity(getppid(), sizeof all, &all);
}

static long own_parent(void)
{
    int ends[2];
    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, getppid()) : 0;
}

static long own_parent_by_structure(void)
{
    int ends[2];
    const struct f_owner_ex parent = {.type = F_OWNER_PID, .pid = getppid()};
    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN_EX, &parent) : 0;
}

static long own_parent_by_ioctl(void)
{
    const pid_t parent = getppid();
    return ioctl(socket(AF_UNIX, SOCK_STREAM, 0), FIOSETOWN, &parent);
}

static long open_parent_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", getppid());
    return open(path, O_RDONLY);
}

static long clone_with(unsigned long flags)
{
    long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return child;
}

static long clone_untraced(void)
{
    return clone_with(CLONE_UNTRACED);
}

static long clone_parent(void)
{
    return clone_with(CLONE_PARENT);
}

static long clone_namespace(void)
{
    return clone_with(CLONE_NEWUSER | CLONE_NEWPID);
}

#ifdef __x86_64__
static long i386(void)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20 /* getpid */) : "memory");
    if (result < 0)
        errno = (int)-result;
    return result < 0 ? -1 : result;
}

static long x32(void)
{
    return syscall(0x40000000 | SYS_getpid);
}
#endif

static const struct {
    const char *name;
    long (*go)(void);
} ways[] = {
    {"prctl-seccomp", prctl_seccomp},
    {"prctl-seccomp-wide", prctl_seccomp_wide},
    {"seccomp", seccomp_filter},
    {"traceme", traceme},
    {"seize-parent", seize_parent},
    {"unshare", unshare_user},
    {"setns", setns_self},
    {"io_uring", io_uring},
    {"io_setup", io_setup},
    {"read-parent", read_parent},
    {"write-parent", write_parent},
    {"steal-descriptor", steal_descriptor},
    {"parent-memory", open_parent_memory},
    {"signal-parent", signal_parent},
    {"signal-parent-by-tgkill", signal_parents_thread},
    {"signal-parent-by-tkill", signal_thread_of_parent},
    {"signal-parent-by-queue", queue_to_parent},
    {"signal-parent-by-descriptor", signal_parents_descriptor},
    {"signal-everyone", signal_everyone},
    {"signal-parents-group", signal_parents_group},
    {"limit-parent", limit_parent},
    {"slow-parent", slow_parent},
    {"slow-user", slow_user},
    {"idle-parent", idle_parent},
    {"pin-parent", pin_parent},
    {"own-parent", own_parent},
    {"own-parent-by-structure", own_parent_by_structure},
    {"own-parent-by-ioctl", own_parent_by_ioctl},
    {"clone-untraced", clone_untraced},
    {"clone-parent", clone_parent},
    {"clone-namespace", clone_namespace},
#ifdef __x86_64__
    {"i386", i386},
    {"x32", x32},
#endif
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        long result = ways[i].go();
        if (result == -1)
            printf("%s\n", strerrorname_np(errno));
        else
            printf("%ld\n", result);
        return 0;
    }
    return 99;
}
