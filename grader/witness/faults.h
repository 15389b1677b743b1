/* --fail: which calls can be made to fail, and which one is due. */
#ifndef WITNESS_FAULTS_H
#define WITNESS_FAULTS_H

#include "run.h"

enum { FAULT_NAMES_SIZE = 512 };

/* The names that --fail takes, those of the table: in lines of so many characters at most, between
   which stands indent. */
void faults_names(char *text, size_t size, const char *indent, size_t width);

/* Whether all that is ordered to fail is in the table. Returns 0, or -1 after one line on stderr.
 */
int faults_check(const struct options *options);

/* The errno that an ordered fault gives the call that the task is in, or 0. */
int fault_due(struct run *run, const struct task *task);

#endif
