/* shmget(2), shmat(2), shmdt(2), shmctl(2): what becomes of the segments. */
#ifndef WITNESS_CALL_SHM_H
#define WITNESS_CALL_SHM_H

#include "call.h"

call_enter enter_shmget;
call_leave leave_shmget;
call_describe describe_shmget;

call_leave leave_shmat;
call_describe describe_shmat;

call_enter enter_shmdt;
call_leave leave_shmdt;
call_describe describe_shmdt;

call_enter enter_shmctl;
call_leave leave_shmctl;
call_describe describe_shmctl;
call_looks shmctl_looks;

#endif
