/* An order of a run, in which one process runs at a time: who goes on wherever several could.
   An order has a number, and its digits are the answers: the first decision takes the lowest digit,
   in a base of as many processes as could go on there. 0 says: whoever ran goes on. So a number
   repeats an order, and every number is one. */
#ifndef WITNESS_ORDER_H
#define WITNESS_ORDER_H

#include "run.h"

/* Returns -1 where there is no memory. */
int order_begin(struct run *run);

/* Whether the one whose turn it is must let the run decide now who goes on: it makes a call that
   somebody else may notice, or there is one more process. */
bool order_asks(struct run *run, const struct task *task, int request);

/* The turn was taken from one that waits for others: going on is its last choice, not its first. */
void order_gives_way(struct run *run);

/* Decides who of the candidates goes on next, and returns its place among them. */
size_t order_choose(struct run *run, struct task *const candidates[], size_t count);

/* A task goes on: a step begins where it was chosen, or makes a call that may be noticed. */
void order_goes_on(struct run *run, const struct task *task, int request);

/* The run is over: the last steps end. */
void order_end(struct run *run);

/* Could the result depend on which of two steps of different processes came first? */
bool order_steps_meet(const struct step *one, const struct step *other);

void order_free(struct run *run);

#endif
