// The child ends by a SIGSEGV that nobody's memory access caused: fault_forged CALL
#include "program.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static void forge(const char *call)
{
    pid_t me = getpid();
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
