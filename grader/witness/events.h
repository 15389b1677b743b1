/* The order of all that happened, as JSON text that grows with the run up to EVENTS_MAX events. */
#ifndef WITNESS_EVENTS_H
#define WITNESS_EVENTS_H

#include "run.h"

/* Opens an event; process is NULL where nobody can be named. The caller adds its own keys. */
struct json *event_open(struct run *run, const struct process *process, const char *kind);

/* Closes it. A minor event (a write, a sleep) is dropped earlier than one of the lesson's calls, so
   that a chatty program does not crowd those out. Dropped events are counted. */
void event_close(struct run *run, bool minor);

/* A call that returned, with what its row has to say of it. */
void event_call(struct run *run, const struct task *task, const struct outcome *outcome);
void event_call_of_kind(struct run *run, const struct task *task, const struct outcome *outcome,
                        bool minor);

/* A call that was not made, by order or since it is refused, or that never returned. */
void event_injected(struct run *run, const struct task *task, int error);
void event_refused(struct run *run, const struct task *task);
void event_never_returned(struct run *run, const struct task *task, bool interrupted);

#endif
