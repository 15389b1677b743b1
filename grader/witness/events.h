/* The order of all that happened, as JSON text that grows with the run up to EVENTS_MAX events. */
#ifndef WITNESS_EVENTS_H
#define WITNESS_EVENTS_H

#include "run.h"

/* Opens an event; process is NULL where nobody can be named. The caller adds its own keys. */
struct json *event_open(struct run *run, const struct process *process, const char *kind);

/* Closes it. A minor event (a write, a sleep) is dropped earlier than one of the lesson's calls, so
   that a chatty program does not crowd those out. Dropped events are counted. */
void event_close(struct run *run, bool minor);

/* The keys that every call has. result is what the call returned: -errno where it failed. */
struct json *event_open_call(struct run *run, const struct task *task, long result, bool injected);

/* A call that was not made, or never returned. */
void event_refused(struct run *run, const struct task *task);
void event_never_returned(struct run *run, const struct task *task, bool interrupted);

#endif
