/* The seccomp-BPF filter: only the calls of the table stop, all others run at full speed. */
#ifndef WITNESS_FILTER_H
#define WITNESS_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>

enum filter_use {
    FILTER_TRACE,          /* the calls of the lesson stop for the tracer */
    FILTER_TRACE_BLOCKING, /* and those that may block */
    FILTER_REFUSE,         /* no tracer: calls that are refused fail by themselves */
};

enum { FILTER_MAX = 512 };

/* Fills instructions (room for FILTER_MAX) and returns their number. A stop's SECCOMP_RET_DATA is
   the call's row in the table. */
unsigned short filter_build(struct sock_filter *instructions, enum filter_use use);

/* In the child, right before exec. Returns 0, or -1 with errno. */
int filter_install(const struct sock_filter *instructions, unsigned short count);

#endif
