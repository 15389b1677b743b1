#define _GNU_SOURCE
#include "refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "proc_text.h"

#define SCOPE "/proc/sys/kernel/yama/ptrace_scope"
#define ACTIONS "/proc/sys/kernel/seccomp/actions_avail"

#if defined(__x86_64__)
#define OWN_LINE "vendor_id"
#define NATIVE "docker run --platform linux/arm64 on Apple silicon"
#else
#define OWN_LINE "CPU implementer"
#define NATIVE "docker run --platform linux/amd64 on a PC"
#endif
#define USE_NATIVE "use an image for this computer's own processor (" NATIVE ")"

struct refusal *refusal_shared(void)
{
    void *page = mmap(NULL, sizeof(struct refusal), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? NULL : page;
}

/* The beginning of a file of /proc; empty where it cannot be read. */
static bool read_text(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file == -1 ? -1 : read(file, text, size - 1);
    if (file != -1)
        close(file);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

bool refusal_is_emulated(const char *cpuinfo)
{
    return strstr(cpuinfo, "VirtualApple") != NULL ||
           (cpuinfo[0] != '\0' && strstr(cpuinfo, OWN_LINE) == NULL);
}

void refusal_look(struct surroundings *around)
{
    struct utsname system;
    char text[8192];
    *around = (struct surroundings){.ptrace_scope = -1, .release = "unknown"};
    if (uname(&system) == 0)
        snprintf(around->release, sizeof around->release, "%s", system.release);
    if (read_text("/proc/cpuinfo", text, sizeof text))
        around->emulated = refusal_is_emulated(text);
    if (read_text("/proc/self/status", text, sizeof text)) {
        const long long tracer = proc_text_number(text, "TracerPid:");
        around->filtered = proc_text_number(text, "Seccomp:") == 2;
        around->tracer = tracer > 0 ? (int)tracer : 0;
    }
    if (read_text(SCOPE, text, sizeof text))
        around->ptrace_scope = (int)proc_text_number(text, "");
    around->knows_filters = access(ACTIONS, F_OK) == 0;
}

static void explain_trace(char *text, size_t size, int error, const struct surroundings *around)
{
    bool forbidden = error == EPERM || error == EACCES;
    if (around->emulated)
        snprintf(text, size, "this runs under an emulator of another processor: " USE_NATIVE);
    else if (error == ENOSYS)
        snprintf(text, size,
                 "there is no ptrace here, as under an emulator of another processor: " USE_NATIVE);
    else if (forbidden && around->tracer != 0)
        snprintf(text, size, "process %d traces witness itself: run it without strace or debugger",
                 around->tracer);
    else if (forbidden && around->ptrace_scope == 3)
        snprintf(text, size,
                 "kernel.yama.ptrace_scope is 3, which forbids ptrace until the next start: remove "
                 "it from /etc/sysctl.d and restart the machine");
    else if (forbidden && around->ptrace_scope == 2 && geteuid() != 0)
        snprintf(text, size,
                 "kernel.yama.ptrace_scope is 2, which allows ptrace to root only: sudo sysctl -w "
                 "kernel.yama.ptrace_scope=1");
    else if (forbidden && around->filtered)
        snprintf(text, size,
                 "a seccomp filter is around this process, and may refuse ptrace: in a container, "
                 "start it with --cap-add SYS_PTRACE");
    else if (forbidden)
        snprintf(text, size,
                 "the reason is not known; in a container, start it with --cap-add SYS_PTRACE");
    else
        snprintf(text, size, "the reason is not known");
}

static void explain_filter(char *text, size_t size, int error, const struct surroundings *around)
{
    if (around->emulated)
        snprintf(text, size, "this runs under an emulator of another processor: " USE_NATIVE);
    else if (!around->knows_filters && (error == EINVAL || error == ENOSYS))
        snprintf(text, size,
                 "the kernel was built without seccomp filters, or an emulator hides them: use a "
                 "kernel with CONFIG_SECCOMP_FILTER, or " USE_NATIVE);
    else if (around->filtered)
        snprintf(text, size,
                 "a seccomp filter is around this process, and may refuse further ones: in a "
                 "container, start it with --security-opt seccomp=unconfined");
    else
        snprintf(text, size, "the reason is not known");
}

void refusal_explain(char *text, size_t size, enum need need, int error,
                     const struct surroundings *around)
{
    switch (need) {
    case NEED_TRACE:
        explain_trace(text, size, error, around);
        return;
    case NEED_FILTER:
        explain_filter(text, size, error, around);
        return;
    case NEED_CALL_FACTS:
        if (around->emulated)
            snprintf(text, size, "this runs under an emulator of another processor: " USE_NATIVE);
        else
            snprintf(text, size, "it needs Linux 5.3 or later, and this is %s", around->release);
        return;
    case NEED_OTHER:
        break;
    }
    snprintf(text, size, "the reason is not known");
}
