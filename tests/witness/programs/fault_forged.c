// The child ends by a SIGSEGV that nobody's memory access caused: fault_forged CALL
#include "program.h"
#include <stdint.h>
#include <sys/mman.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static void pass_over(int signal, siginfo_t *told, void *context)
{
    (void)signal;
    (void)context;
    void *page = (void *)((uintptr_t)told->si_addr & ~(uintptr_t)4095);
    mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

// A real SIGBUS: a file has no byte there.
static void meet_a_fault(void)
{
    struct sigaction action = {.sa_sigaction = pass_over, .sa_flags = SA_SIGINFO};
    sure(sigaction(SIGBUS, &action, NULL), "sigaction");
    int file = (int)sure(memfd_create("empty", 0), "memfd_create");
    volatile char *byte = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    *byte = 1;
}

static void forge(const char *call)
{
    pid_t me = getpid();
    sigset_t fault;
    sigemptyset(&fault);
    sigaddset(&fault, SIGSEGV);
    siginfo_t lie = {.si_signo = SIGSEGV, .si_code = SEGV_ACCERR};
    lie.si_addr = &lie;
    if (strcmp(call, "kill") == 0)
        sure(kill(me, SIGSEGV), call);
    if (strcmp(call, "raise") == 0)
        sure(raise(SIGSEGV), call);
    if (strcmp(call, "tkill") == 0)
        sure(syscall(SYS_tkill, me, SIGSEGV), call);
    if (strcmp(call, "rt_sigqueueinfo") == 0)
        sure(syscall(SYS_rt_sigqueueinfo, me, SIGSEGV, &lie), call);
    if (strcmp(call, "behind-a-fault") == 0) {
        sure(sigprocmask(SIG_BLOCK, &fault, NULL), call);
        sure(syscall(SYS_rt_sigqueueinfo, me, SIGSEGV, &lie), call);
        meet_a_fault();
        sure(sigprocmask(SIG_UNBLOCK, &fault, NULL), call);
    }
    if (strcmp(call, "rt_tgsigqueueinfo") == 0)
        sure(syscall(SYS_rt_tgsigqueueinfo, me, me, SIGSEGV, &lie), call);
    if (strcmp(call, "pidfd_send_signal") == 0)
        sure(syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, me, 0), SIGSEGV, &lie, 0),
             call);
    _exit(98);
}

int main(int argc, char **argv)
{
    if (sure(fork(), "fork") == 0)
        forge(argc > 1 ? argv[1] : "kill");
    sure(wait(NULL), "wait");
    return 0;
}
