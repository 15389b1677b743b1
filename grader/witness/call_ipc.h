/* Semaphore sets and message queues: semget(2), semop(2), semctl(2), msgget(2), msgsnd(2),
   msgrcv(2), msgctl(2). */
#ifndef WITNESS_CALL_IPC_H
#define WITNESS_CALL_IPC_H

#include "call.h"

call_enter enter_semget;
call_leave leave_semget;
call_describe describe_semget;

call_enter enter_semop;
call_leave leave_semop;
call_describe describe_semop;

call_leave leave_semctl;
call_describe describe_semctl;
call_looks semctl_looks;

call_enter enter_msgget;
call_leave leave_msgget;
call_describe describe_msgget;

call_enter enter_msgsnd;
call_leave leave_message;
call_describe describe_msgsnd;
call_describe describe_msgrcv;

call_leave leave_msgctl;
call_describe describe_msgctl;
call_looks msgctl_looks;

#endif
