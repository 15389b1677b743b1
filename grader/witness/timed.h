/* Calls that wait until something happens or a time is over. Their time is virtual: the kernel is
   asked to wait without an end, and when the clock has come to the end that the program gave, the
   task is woken and finds the answer that the call gives then. */
#ifndef WITNESS_TIMED_H
#define WITNESS_TIMED_H

#include <stdbool.h>

struct run;
struct task;

enum time_form { TIMESPEC, TIMEVAL, MILLISECONDS };

/* How a call is told how long to wait. */
struct timed {
    int argument; /* which one says it */
    enum time_form form;
    long late;         /* what the call returns when that is over */
    bool sleeps;       /* it waits for nothing else */
    int rest;          /* the argument that says where the rest of the time is written; 0: none */
    bool clears_sets;  /* select(2): its three sets are empty then */
    bool by_operation; /* futex(2): its operation says whether it waits, and by which clock */
    bool by_clock;     /* clock_nanosleep(2): its first two arguments say by which clock, and how */
    bool by_realtime;  /* the time is a moment of CLOCK_REALTIME */
};

/* The task is about to make such a call, or to make it again after a signal. */
void timed_begin(struct run *run, struct task *task);

/* The call returned: undoes what timed_begin did. Returns its result, as the program finds it. */
long timed_return(struct run *run, struct task *task, long result);

/* Forgets when the call is over: it is not made again. */
void timed_forget(struct task *task);

/* Whose time is over is woken. */
void timed_wake(struct run *run);

/* The next moment at which a call's time is over; NEVER where none has one. */
long long timed_next(const struct run *run);

#endif
