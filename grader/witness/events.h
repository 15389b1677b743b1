/* The order of all that happened, as JSON text. No event is dropped: what comes again and again and
   changes nothing (a poll, a failing call, a write of one letter) is folded into the event that is
   there, with how often it came. A run with more different events than EVENTS_MAX is ended. */
#ifndef WITNESS_EVENTS_H
#define WITNESS_EVENTS_H

#include "run.h"

/* Opens an event; process is NULL where nobody can be named. The caller adds its own keys. */
struct json *event_open(struct run *run, const struct process *process, const char *kind);

/* Closes it. A minor event (a poll, a sleep, a call that failed) changes nothing that others see:
   it is folded into an equal one of its process, unless something that is not minor came between.
 */
void event_close(struct run *run, bool minor);

/* What a process wrote to an output; `began` is the place of the write's entry. */
void event_write(struct run *run, const struct process *process, const char *stream, long began,
                 const char *bytes, size_t count);

/* Whether there are more events than whoever reads the facts can be asked to read. */
bool events_are_too_many(const struct run *run);

/* A call that returned, with what its row has to say of it. */
void event_call(struct run *run, const struct task *task, const struct outcome *outcome);
void event_call_of_kind(struct run *run, const struct task *task, const struct outcome *outcome,
                        bool minor);

/* A call that was not made, by order or since it is refused, or that never returned. */
void event_injected(struct run *run, const struct task *task, int error);
void event_refused(struct run *run, const struct task *task);
void event_never_returned(struct run *run, const struct task *task, bool interrupted);

#endif
