/* Starts the command: in a session of its own, with its outputs, limits, default signals and the
 * filter. */
#ifndef WITNESS_SPAWN_H
#define WITNESS_SPAWN_H

#include "run.h"

/* Returns the pid of the traced child that is about to exec, or -1 and run->refused says which step
   failed. A step that the child itself fails at is written there later, before the child ends. */
pid_t spawn_command(struct run *run);

#endif
