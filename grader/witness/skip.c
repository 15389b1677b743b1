#include "skip.h"

#include <errno.h>

#include "arch.h"
#include "events.h"
#include "verdict.h"

static void skip(struct run *run, const struct task *task, long result)
{
    if (arch_skip_call(task->tid, result) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "a call could not be kept from being made");
}

enum next call_skip(struct run *run, struct task *task, long result)
{
    skip(run, task, result);
    if (result < 0)
        event_refused(run, task);
    return NEXT_GO_ON;
}

enum next call_skip_quietly(struct run *run, struct task *task, long result)
{
    skip(run, task, result);
    return NEXT_GO_ON;
}

enum next call_fail(struct run *run, struct task *task, int error)
{
    skip(run, task, -error);
    event_injected(run, task, error);
    return NEXT_GO_ON;
}
