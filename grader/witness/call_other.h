/* Calls that mean little by themselves: told as they are, refused, or kept in mind. */
#ifndef WITNESS_CALL_OTHER_H
#define WITNESS_CALL_OTHER_H

#include "call.h"

/* For any call of which no more is to be told than that it was made, and its own keys. */
call_leave leave_plain;
call_describe describe_exec;

call_describe describe_pipe;

call_enter enter_refused;
call_enter enter_setrlimit;
call_enter enter_mremap;
call_enter enter_prctl;
call_leave leave_memory;

#endif
