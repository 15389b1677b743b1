/* Calls that name another process: a signal, a limit, an owner of signals to come. What leads out
   of the run is refused. */
#ifndef WITNESS_CALL_KILL_H
#define WITNESS_CALL_KILL_H

#include "call.h"

call_enter enter_kill;
call_leave leave_kill;
call_describe describe_kill;
call_looks kill_looks;

call_enter enter_reach;
call_enter enter_prlimit;
call_enter enter_setpriority;
call_enter enter_owner;
call_enter enter_fcntl;

#endif
