/* wait4(2), waitid(2): who learns of whose end. */
#ifndef WITNESS_CALL_WAIT_H
#define WITNESS_CALL_WAIT_H

#include "call.h"

call_enter enter_wait;
call_leave leave_wait;
call_describe describe_wait;

/* Where a wait knows of an end before the child's tracer does, its return is held until then. */
bool wait_is_early(struct run *run, struct task *task, long result);

#endif
