/* The proof that nobody can go on: there was a moment at which every task of the run was at rest.
 */
#ifndef WITNESS_REST_H
#define WITNESS_REST_H

#include "run.h"

/* Whether at one moment every task was held by the schedule or asleep in the kernel, with nothing
   to tell. Only another process of the run, or virtual time, can then wake one. */
bool rest_is_proved(const struct run *run);

/* Whether all tasks but this one look as if they were at rest: none of them computes. */
bool rest_of_others(const struct run *run, const struct task *task);

#endif
