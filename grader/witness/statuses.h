/* What the traced tasks and the children have to tell: all of it that is there, taken at once.
   wait4(2) names the oldest task first. Taken one by one, a task that stops again and again would
   be served for ever, and on a slow machine its children never. */
#ifndef WITNESS_STATUSES_H
#define WITNESS_STATUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct status {
    pid_t tid;
    int status; /* as wait4 gives it */
    struct rusage usage;
};

struct statuses {
    struct status *taken; /* in the order in which the kernel named them */
    size_t count, capacity;
    bool nobody_left; /* there is no child any more, and nobody traced */
};

/* Takes what is there and waits for nothing. -1: there is no memory for it, or wait4 failed. */
int statuses_take(struct statuses *statuses);

/* Whether a task went on since its stop was taken: a SIGKILL does that, and an exec by another
   thread. What it is stopped for now is another stop, or its end, and is taken next. */
bool status_is_overtaken(const struct status *status);

void statuses_free(struct statuses *statuses);

#endif
