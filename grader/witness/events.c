#include "events.h"

#include "arguments.h"
#include "clock.h"

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

/* What each call's event has. result is NULL where it has none. */
static struct json *open_call(struct run *run, const struct task *task, const long *result,
                              const char *error, bool injected)
{
    struct json *event = event_open(run, task->process, "call");
    json_string(event, "call", call_shown_name(task));
    json_integer(event, "began", task->began);
    if (result == NULL)
        json_null(event, "result");
    else if (task->call->gives_address)
        json_address(event, "result", (unsigned long long)*result);
    else
        json_integer(event, "result", *result);
    json_string(event, "error", error);
    json_boolean(event, "injected", injected);
    return event;
}

static void describe(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    if (task->call->describe != NULL)
        task->call->describe(run, event, task, outcome);
}

static bool failed(long result)
{
    return result < 0 && result > -4096;
}

void event_call_of_kind(struct run *run, const struct task *task, const struct outcome *outcome,
                        bool minor)
{
    bool fails = failed(outcome->result);
    struct json *event = open_call(run, task, fails ? NULL : &outcome->result,
                                   fails ? error_name((int)-outcome->result) : NULL, false);
    describe(run, event, task, outcome);
    event_close(run, minor);
}

void event_call(struct run *run, const struct task *task, const struct outcome *outcome)
{
    event_call_of_kind(run, task, outcome, false);
}

void event_injected(struct run *run, const struct task *task, int error)
{
    struct json *event = open_call(run, task, NULL, error_name(error), true);
    describe(run, event, task, &(struct outcome){.result = -error});
    event_close(run, false);
}

void event_refused(struct run *run, const struct task *task)
{
    struct json *event = open_call(run, task, NULL, error_name(call_refusal(task->call)), false);
    describe(run, event, task, &(struct outcome){.result = -1});
    json_boolean(event, "refused", true);
    event_close(run, false);
}

void event_never_returned(struct run *run, const struct task *task, bool interrupted)
{
    struct json *event = open_call(run, task, NULL, interrupted ? "EINTR" : NULL, false);
    describe(run, event, task, &(struct outcome){.result = -1});
    event_close(run, false);
}
