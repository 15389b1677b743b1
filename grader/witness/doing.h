/* What a task is doing, in words: told of who had to be ended. */
#ifndef WITNESS_DOING_H
#define WITNESS_DOING_H

#include "run.h"

/* "blocked in read", "running", ...; writes to doing. */
void task_describe(const struct task *task, char *doing, size_t size);

#endif
