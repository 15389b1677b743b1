/* One row of the table of traced calls: what a call is, and the functions that make its meaning. */
#ifndef WITNESS_CALL_H
#define WITNESS_CALL_H

#include <stdbool.h>

#include "timed.h"

struct json;
struct process;

/* What a call is to those who look at many: the filter, the schedule, the look at who is blocked.
 */
enum call_kind {
    CALL_PLAIN,
    CALL_FOREIGN, /* a call of another architecture (i386, x32): always refused */
    CALL_REFUSED, /* would hide calls from the tracer, or reach into other processes */
    CALL_REACH,   /* names a process by its number, and changes it */
    CALL_OWNER,   /* may name who gets a descriptor's signals */
    CALL_FORK,
    CALL_WAIT,
    CALL_LOOKUP, /* finds out whether something is there, when it returns */
    CALL_WRITE,
    CALL_SLEEP,
    CALL_CLOCK,    /* asks what time it is, or sets an alarm */
    CALL_MEMORY,   /* asks for address space */
    CALL_BLOCKING, /* may block, and be made again after a signal that changes nothing */
    CALL_RESTART,  /* restart_syscall(2): the kernel goes on with a timed call that a signal stopped
                    */
};

/* What is to be done with a task that was stopped at its call. */
enum next {
    NEXT_GO_ON,  /* it goes on, and this call is over for witness */
    NEXT_RETURN, /* it goes on, and stops again when the call returns */
    NEXT_STAY,   /* it stays stopped: held, or the run ends */
};

/* What a call came to. */
struct outcome {
    long result;                   /* -errno where it failed, -1 where it never returned */
    const struct process *process; /* whom it brought up: a child, who gets the signal; or NULL */
    bool made;                     /* it made what it names: a set, a queue */
};

/* At its entry. Without one, its return is waited for. */
typedef enum next call_enter(struct run *run, struct task *task);

/* At its return: tells it, and keeps what is now true. Without one, nothing is told. */
typedef enum next call_leave(struct run *run, struct task *task, long result);

/* The keys of its event that are its own, also where it was refused or never returned. */
typedef void call_describe(struct run *run, struct json *event, const struct task *task,
                           const struct outcome *outcome);

/* Whether it only looks, and changes nothing: again and again that means that somebody is waited
   for. */
typedef bool call_looks(const struct task *task);

struct call {
    const char *name; /* the kernel's */
    long number;
    call_enter *enter;
    call_leave *leave;
    call_describe *describe;
    call_looks *looks;
    const struct timed *timed; /* how it is told how long to wait; NULL: it waits, if at all,
                                  without an end */
    const char *shown;         /* its name in the facts; NULL: the kernel's */
    const char *fail;          /* its name in --fail; NULL: it is not made to fail */
    enum call_kind kind;
    int argument; /* which one is the descriptor of a write, the signal, the time of a sleep */
    int refusal;  /* the errno where it is refused; 0: EPERM */
    bool in_turns_only; /* traced only where one process runs at a time */
    bool gives_address; /* it returns a place in memory */
};

#endif
