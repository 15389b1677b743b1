#ifndef WITNESS_VDSO_H
#define WITNESS_VDSO_H

#include "run.h"

/* At the stop after exec: the C library will find no vdso(7), whose functions read the clock
   without a system call, and makes the calls. */
void vdso_hide(const struct task *task);

#endif
