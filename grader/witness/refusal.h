/* What the machine may refuse to witness, and what a user can do about it. */
#ifndef WITNESS_REFUSAL_H
#define WITNESS_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

enum need { NEED_OTHER, NEED_TRACE, NEED_FILTER, NEED_CALL_FACTS };

struct refusal {
    const char *what; /* what could not be done; NULL: nothing was refused */
    enum need need;
    int error;
};

/* What was seen of the machine: advice names a cause only where it was seen. */
struct surroundings {
    bool emulated;      /* /proc/cpuinfo is not of the processor that witness was built for */
    bool filtered;      /* a seccomp filter is around witness */
    bool knows_filters; /* the kernel was built with seccomp filters */
    int ptrace_scope;   /* of Yama; -1: there is none */
    int tracer;         /* the process that traces witness; 0: none */
    char release[65];   /* of the kernel: uname(2) */
};

/* Memory that a child shares until its exec, so that it can tell why it did not start. NULL with
   errno where there is none. */
struct refusal *refusal_shared(void);

void refusal_look(struct surroundings *around);

/* The part of the line that says why, and what to do. */
void refusal_explain(char *text, size_t size, enum need need, int error,
                     const struct surroundings *around);

/* Does this text of /proc/cpuinfo belong to another processor, or to one that is translated? */
bool refusal_is_emulated(const char *cpuinfo);

#endif
