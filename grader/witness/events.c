#include "events.h"

#include <errno.h>

#include "clock.h"
#include "describe.h"

struct json *event_open(struct run *run, const struct process *process, const char *kind)
{
    struct json *events = &run->events;
    run->event_start = events->length;
    json_open(events, NULL, '{');
    json_integer(events, "seq", ++run->sequence);
    json_integer(events, "us", (now_ns() - run->started_ns) / 1000);
    json_integer(events, "process", process != NULL ? process->number : 0);
    json_string(events, "kind", kind);
    return events;
}

void event_close(struct run *run, bool minor)
{
    json_close(&run->events, '}');
    if (run->event_count < (minor ? EVENTS_MAX / 2 : EVENTS_MAX)) {
        run->event_count++;
    } else {
        run->events.length = run->event_start;
        run->events_dropped++;
    }
}

struct json *event_open_call(struct run *run, const struct task *task, long result, bool injected)
{
    struct json *event = event_open(run, task->process, "call");
    json_string(event, "call", call_shown_name(task->call, task->arguments[0]));
    json_integer(event, "began", task->began);
    if (result < 0 && result > -4096) {
        json_null(event, "result");
        json_string(event, "error", error_name((int)-result));
    } else {
        if (task->call->kind == CALL_SHMAT)
            json_address(event, "result", (unsigned long long)result);
        else
            json_integer(event, "result", result);
        json_null(event, "error");
    }
    json_boolean(event, "injected", injected);
    return event;
}

void event_refused(struct run *run, const struct task *task)
{
    struct json *event =
        event_open_call(run, task, -(task->call->refusal ? task->call->refusal : EPERM), false);
    if (task->call->kind == CALL_KILL)
        describe_kill(event, task, NULL);
    json_boolean(event, "refused", true);
    event_close(run, false);
}

void event_never_returned(struct run *run, const struct task *task, bool interrupted)
{
    struct json *event = event_open(run, task->process, "call");
    json_string(event, "call", call_shown_name(task->call, task->arguments[0]));
    json_integer(event, "began", task->began);
    json_null(event, "result");
    json_string(event, "error", interrupted ? "EINTR" : NULL);
    json_boolean(event, "injected", false);
    if (call_is_wait(task->call))
        describe_wait(event, task, NULL);
    event_close(run, false);
}
