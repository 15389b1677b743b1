/* How many processes and segments were made, by the kernel's own count: of a run that nobody traces
   there is no other. It holds only in namespaces that are the run's own. */
#ifndef WITNESS_MADE_H
#define WITNESS_MADE_H

#include <stdbool.h>

struct made {
    long long processes; /* with threads; -1: not known */
    long long segments;  /* -1: not known */
};

/* What the kernel has counted so far. witness makes a segment for it, and removes it at once. */
struct made made_so_far(void);

/* What was made between two looks, their own segment and the command's first process aside. */
struct made made_between(const struct made *before, const struct made *after);

#endif
