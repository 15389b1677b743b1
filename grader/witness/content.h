/* The bytes of the segments, read from outside, and who changed them. */
#ifndef WITNESS_CONTENT_H
#define WITNESS_CONTENT_H

#include "run.h"

/* Looks at one segment and writes a content event: always where `always` is set, else only where
   the bytes changed. The author is the one process that had it attached and may have run since the
   last look. */
void content_look(struct run *run, struct segment *segment, const struct process *process,
                  const char *when, bool always);

/* Looks at each segment that the process has attached. */
void content_look_all(struct run *run, const struct process *process, const char *when,
                      bool always);

/* A child that was held from its birth goes on: --poke for what it will read. */
void content_poke_before(struct run *run, const struct process *child);

/* The process' K-th child was waited for, or, as K = 0, the command itself attached a segment for
   the first time: changes what was asked with --poke. */
void content_poke(struct run *run, const struct process *waiter, struct process *child);

#endif
