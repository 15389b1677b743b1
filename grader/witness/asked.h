/* A process asks what time it is, or whether something has happened yet, without waiting. */
#ifndef WITNESS_ASKED_H
#define WITNESS_ASKED_H

#include "run.h"

/* The more often in a row, the more time passes, so that who asks until it is late comes to an end.
   But not while another one computes: that one would be late because its machine is slow. */
void asked(struct run *run, const struct task *task);

#endif
