/* The table of traced calls: it drives the filter, the decoding, the faults and the names in the
   facts. To trace another call is to add a row. */
#ifndef WITNESS_CALLS_H
#define WITNESS_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum call_kind {
    CALL_FOREIGN, /* a call of another architecture (i386, x32): always refused */
    CALL_REFUSED, /* would hide calls from the tracer, or reach into other processes */
    CALL_FORK,
    CALL_EXEC,
    CALL_WAIT4,
    CALL_WAITID,
    CALL_SHMGET,
    CALL_SHMAT,
    CALL_SHMDT,
    CALL_SHMCTL,
    CALL_WRITE,
    CALL_KILL,
    CALL_REACH, /* names a process by its number, and changes it */
    CALL_LIMIT, /* sets a limit of the caller's own */
    CALL_OWNER, /* may name who gets a descriptor's signals */
    CALL_SLEEP,
    CALL_TIMER, /* something may wake a blocked process later */
    CALL_PRCTL,
    CALL_MEMORY,   /* asks for address space */
    CALL_BLOCKING, /* may block; traced only where one process runs at a time */
    CALL_RESTART,  /* restart_syscall(2): the kernel goes on with a timed call that a signal stopped
                    */
};

/* The calls of CALL_BLOCKING that fail with EINTR also at a signal that is ignored, once a tracer
   is there (measured): always traced, and made again. */
enum { CALL_ALWAYS = 1 };

struct call {
    const char *name;
    long number;
    enum call_kind kind;
    int argument; /* which one is: the descriptor (CALL_WRITE), the signal (CALL_KILL), the time
                     (CALL_SLEEP); CALL_BLOCKING: 0 or CALL_ALWAYS */
    int refusal;  /* CALL_REFUSED: the errno */
};

extern const struct call calls[];
extern const size_t call_count;

/* The names that the facts use for a call: "fork" for clone(2) that copies, "wait" for the wait
 * family. */
const char *call_shown_name(const struct call *call, unsigned long long flags);

#endif
