/* A call is kept from being made: the program finds what witness answers in its place. */
#ifndef WITNESS_SKIP_H
#define WITNESS_SKIP_H

#include "run.h"

/* The call returns result; where that is an error it was refused, and the facts say so. */
enum next call_skip(struct run *run, struct task *task, long result);

/* The call returns result, which is what the kernel might have answered: nothing is told of it. */
enum next call_skip_quietly(struct run *run, struct task *task, long result);

/* The call fails by order. */
enum next call_fail(struct run *run, struct task *task, int error);

#endif
