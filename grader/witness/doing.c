#include "doing.h"

#include <stdio.h>

#include "blocked.h"
#include "calls.h"

void task_describe(const struct task *task, char *doing, size_t size)
{
    if (task->state == TASK_HELD) {
        snprintf(doing, size, "held by the schedule");
        return;
    }
    char state = task_kernel_state(task->tid);
    if (state == 'T' || task->state == TASK_LISTENING) {
        snprintf(doing, size, "stopped by a signal");
    } else if (state == 'Z' || state == 'X') {
        snprintf(doing, size, "ended");
    } else if (state != 'S' && state != 'D') {
        snprintf(doing, size, "running");
    } else if (task->call != NULL) {
        bool timed = task->call->kind == CALL_SLEEP;
        snprintf(doing, size, "%s %s", timed ? "sleeping in" : "blocked in", task->call->name);
    } else {
        unsigned long long arguments[6];
        long number = task_current_call(task->tid, arguments);
        snprintf(doing, size, "blocked");
        for (size_t i = 0; i < call_count && number >= 0; i++) {
            if (calls[i].number == number)
                snprintf(doing, size, "blocked in %s", calls[i].name);
        }
    }
}
