/* How a run came to its end, and whether its facts are whole. */
#ifndef WITNESS_VERDICT_H
#define WITNESS_VERDICT_H

#include "run.h"

/* Says that the facts are not whole, once for each reason. */
void run_distrust(struct run *run, const char *reason);

const char *verdict_name(enum verdict verdict);

/* Ends the run: everything is killed; the first verdict stands. */
void run_end(struct run *run, enum verdict verdict, const char *detail);
void run_note_limit(struct run *run, enum verdict verdict, const char *detail);

#endif
