#define _GNU_SOURCE
#include "events.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "clock.h"

enum {
    FOLD_FROM = 1000,           /* so many events are told one by one */
    EVENTS_MAX = 20000,         /* and so many in all */
    EVENTS_BYTES_MAX = 1 << 26, /* which may have so many bytes */
    NUMBER_WIDTH = 12,          /* digits of what is written over: a long run has no more */
};

struct json *event_open(struct run *run, const struct process *process, const char *kind)
{
    struct json *events = &run->events;
    run->event_start = events->length;
    run->event_process = process != NULL ? run->processes[process->number - 1] : NULL;
    json_open(events, NULL, '{');
    json_integer(events, "seq", ++run->sequence);
    if (process != NULL && run->event_count < FOLD_FROM)
        stacks_note(&run->stacks, run->sequence, process->pid, kind);
    json_integer(events, "us", (now_ns() - run->started_ns) / 1000);
    run->event_body = events->length;
    json_integer(events, "process", process != NULL ? process->number : 0);
    json_string(events, "kind", kind);
    return events;
}

/* A number that is written over later: blanks keep its place (RFC 8259, insignificant whitespace).
 * Returns that place. */
static size_t write_number(struct json *json, const char *key, long value)
{
    json_padded(json, key, value, NUMBER_WIDTH);
    return json->length - NUMBER_WIDTH;
}

static void write_over(struct json *json, size_t place, long value)
{
    char digits[24];
    if (json->failed)
        return;
    snprintf(digits, sizeof digits, "%-*ld", NUMBER_WIDTH, value);
    memcpy(json->text + place, digits, NUMBER_WIDTH);
}

/* The equal event of this process since which nothing happened that is not minor. */
static struct repeat *equal_before(struct run *run)
{
    const struct json *events = &run->events;
    size_t length = events->length - run->event_body;
    for (size_t i = 0; i < REPEATS_KEPT && !events->failed; i++) {
        struct repeat *known = &run->event_process->repeats[i];
        if (known->times > 0 && known->era == run->event_era && known->length == length &&
            memcmp(events->text + known->start, events->text + run->event_body, length) == 0)
            return known;
    }
    return NULL;
}

/* Both numbers of an event that may come again lie side by side: how often, and when last. */
static void tell_again(struct run *run, struct repeat *known)
{
    const size_t between = sizeof ",\"last\":" - 1;
    known->times++;
    write_over(&run->events, known->told, known->times);
    write_over(&run->events, known->told + NUMBER_WIDTH + between, run->sequence);
    run->events.length = run->event_start;
}

static void tell_first(struct run *run)
{
    struct process *process = run->event_process;
    struct json *events = &run->events;
    struct repeat *known = &process->repeats[process->repeat_next++ % REPEATS_KEPT];
    known->start = run->event_body;
    known->length = events->length - run->event_body;
    known->times = 1;
    known->era = run->event_era;
    known->told = write_number(events, "times", 1);
    write_number(events, "last", run->sequence);
}

void event_close(struct run *run, bool minor)
{
    bool may_repeat = minor && run->event_process != NULL && run->event_count >= FOLD_FROM;
    struct repeat *known = may_repeat ? equal_before(run) : NULL;
    if (known != NULL) {
        tell_again(run, known);
        return;
    }
    if (may_repeat)
        tell_first(run);
    json_close(&run->events, '}');
    run->event_count++;
    run->event_era += !minor;
}

/* A text goes on in the event that told its beginning, as long as that is the last event. */
static bool goes_on(const struct run *run, const struct process *process, const char *stream)
{
    const struct last_write *last = &run->last_write;
    return run->event_count >= FOLD_FROM && last->end != 0 && last->end == run->events.length &&
           last->process == process && strcmp(last->stream, stream) == 0;
}

void event_write(struct run *run, const struct process *process, const char *stream, long began,
                 const char *bytes, size_t count)
{
    struct json *events = &run->events;
    if (goes_on(run, process, stream)) {
        write_over(events, run->last_write.told, ++run->sequence);
        events->length--; /* its bracket */
        json_more_bytes(events, bytes, count);
        json_close(events, '}');
    } else {
        event_open(run, process, "write");
        json_string(events, "stream", stream);
        json_integer(events, "began", began);
        run->last_write = (struct last_write){.process = process, .stream = stream};
        run->last_write.told = write_number(events, "last", run->sequence);
        json_bytes(events, "text", bytes, count);
        json_close(events, '}');
        run->event_count++;
    }
    run->last_write.end = events->length;
}

bool events_are_too_many(const struct run *run)
{
    return run->event_count > EVENTS_MAX || run->events.length > EVENTS_BYTES_MAX;
}

/* What each call's event has. result is NULL where it has none. */
static struct json *open_call(struct run *run, const struct task *task, const long *result,
                              const char *error, bool injected)
{
    struct json *event = event_open(run, task->process, "call");
    json_integer(event, "began", task->began);
    run->event_body = event->length;
    json_string(event, "call", call_shown_name(task));
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
    event_close(run, minor || fails || (task->call->looks != NULL && task->call->looks(task)));
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
    event_close(run, true);
}

void event_never_returned(struct run *run, const struct task *task, bool interrupted)
{
    struct json *event = open_call(run, task, NULL, interrupted ? "EINTR" : NULL, false);
    describe(run, event, task, &(struct outcome){.result = -1});
    event_close(run, false);
}
