/* fork(2), vfork(2), clone(2): a family grows. */
#ifndef WITNESS_CALL_FORK_H
#define WITNESS_CALL_FORK_H

#include "call.h"

call_enter enter_fork;
call_leave leave_fork;
call_describe describe_fork;

#endif
