#define _GNU_SOURCE
#include "call_write.h"

#include <errno.h>
#include <sys/ptrace.h>

#include "hold.h"
#include "limits.h"
#include "output.h"
#include "verdict.h"

enum next enter_write(struct run *run, struct task *task)
{
    task->drained = 0;
    task->stream = output_of(run, task->tid, (int)task->arguments[task->call->argument]);
    if (task->stream == 2) /* a message, perhaps of a call that found no free descriptor */
        limits_note_open_files(run, task);
    if (task->stream == 0)
        return NEXT_RETURN;
    if (run->writer != NULL && run->writer != task) {
        /* Two at once could not be told apart: one after the other. */
        task_hold(run, task, HOLD_WRITER, NULL, PTRACE_SYSCALL);
        return NEXT_STAY;
    }
    run->writer = task;
    return NEXT_RETURN;
}

enum next leave_write(struct run *run, struct task *task, long result)
{
    long long expected = result > 0 ? result - task->drained : 0;
    if (result == -EFBIG)
        run_note_limit(run, VERDICT_FILE_SIZE, "it wrote a larger file than the limit");
    if (task->stream > 0) {
        output_drain(run, task->stream, task, expected);
    } else if (task->stream < 0) {
        output_drain(run, 1, task, 0);
        output_drain(run, 2, task, 0);
    }
    if (run->writer == task)
        hold_event(run, EVENT_WRITER_GONE, NULL);
    return NEXT_GO_ON;
}
