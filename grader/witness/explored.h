/* All orders of a program, one run after the other: which ones are left, and which need no run,
   since they are like one that was tried. What may be left out, and why, is as in Flanagan and
   Godefroid, "Dynamic partial-order reduction for model checking software" (2005); the orders with
   the fewest switches come first, as in CHESS (Musuvathi et al., 2008). */
#ifndef WITNESS_EXPLORED_H
#define WITNESS_EXPLORED_H

#include <stdbool.h>
#include <stddef.h>

struct run;

struct numbers {
    unsigned long long *list;
    size_t count, capacity;
};

struct explored {
    struct numbers orders; /* in which they are tried */
    struct numbers seen;   /* one for all runs that are like each other */
    size_t tried;
    size_t most;     /* so many are tried */
    size_t left_out; /* orders that have no number of 63 bits */
    long long cpu_us;
    bool stopped; /* one run left something behind, or took long: the next ones are not tried */
};

void explored_begin(struct explored *explored, size_t most);

/* The number of the order to be tried next. */
unsigned long long explored_next(struct explored *explored);

/* A run in that order is over: what else could have happened in it is to be tried, too. */
void explored_learn(struct explored *explored, struct run *run);

bool explored_is_over(const struct explored *explored);

/* Orders that are known and were not tried. */
size_t explored_left(const struct explored *explored);

void explored_free(struct explored *explored);

#endif
