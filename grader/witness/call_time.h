/* What a program asks the clock, and how it lets itself be woken: clocks, alarms, timers. */
#ifndef WITNESS_CALL_TIME_H
#define WITNESS_CALL_TIME_H

#include "call.h"

call_enter enter_clock_gettime;
call_enter enter_gettimeofday;
call_enter enter_time;

call_enter enter_sleep;
call_leave leave_sleep;
call_describe describe_sleep;

call_enter enter_alarm;
call_enter enter_setitimer;
call_enter enter_getitimer;
call_leave leave_timer_create;
call_enter enter_timer_settime;
call_enter enter_timer_gettime;
call_enter enter_timer_delete;
call_enter enter_timerfd_settime;
call_enter enter_timerfd_gettime;

#endif
