/* What the program prints to: a pipe or a terminal for stdout, a pipe for stderr. */
#ifndef WITNESS_OUTPUT_H
#define WITNESS_OUTPUT_H

#include "run.h"

/* Opens the outputs of a run. Returns 0, or -1 with errno. */
int output_open(struct run *run);
void output_close(struct run *run);

/* Which output a descriptor of a task is: 1, 2, 0 (another file), -1 (cannot be told). */
int output_of(const struct run *run, pid_t tid, int descriptor);

/* Reads what is there and writes it down as printed by the writer; NULL where nobody can be named.
   At a write's return expected is how many bytes must still come; a terminal hands them over a
   little later. */
void output_drain(struct run *run, int stream, struct task *writer, long long expected);

/* Whether something was printed that witness has not read yet. */
bool output_is_unread(const struct run *run, int stream);

#endif
