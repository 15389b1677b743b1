#define _GNU_SOURCE
#include "call_ipc.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>

#include "arguments.h"
#include "events.h"
#include "hold.h"
#include "objects.h"
#include "schedule.h"

static void write_object(struct json *event, enum object_kind kind, const struct object *object)
{
    const char *key = kind == OBJECT_SET ? "set" : "queue";
    if (object != NULL)
        json_integer(event, key, object->number);
    else
        json_null(event, key);
}

/* What the call named by its id, where that is known. */
static void describe_named(struct run *run, struct json *event, const struct task *task,
                           enum object_kind kind)
{
    int id = (int)task->arguments[0];
    json_integer(event, "id", id);
    write_object(event, kind, object_known(run, kind, id));
}

/* A call that succeeds may name what was there before the run. */
static void take_in(struct run *run, const struct task *task, enum object_kind kind, long result)
{
    if (result >= 0)
        object_meet(run, kind, (int)task->arguments[0]);
}

/* semget(2) and msgget(2). Of two that make the same at once nobody could tell which one did. */
static enum next enter_get(struct run *run, struct task *task, int flags)
{
    if (!call_creates(task->arguments[0], flags))
        return NEXT_RETURN;
    if (run->maker != NULL && run->maker != task) {
        task_hold(run, task, HOLD_MAKER, NULL, PTRACE_SYSCALL);
        return NEXT_STAY;
    }
    run->maker = task;
    return NEXT_RETURN;
}

static enum next leave_get(struct run *run, struct task *task, long result, enum object_kind kind,
                           int flags)
{
    bool found = result >= 0;
    bool made = found && call_creates(task->arguments[0], flags) &&
                object_is_made(run, kind, (int)result, task->process);
    if (found)
        object_meet(run, kind, (int)result);
    event_call(run, task, &(struct outcome){.result = result, .made = made});
    if (call_found_nothing(result))
        schedule_polled(run, task);
    else
        task->process->polls = 0;
    if (run->maker == task)
        hold_event(run, EVENT_MAKER_GONE, NULL);
    return NEXT_GO_ON;
}

static void describe_get(struct run *run, struct json *event, const struct outcome *outcome,
                         enum object_kind kind)
{
    const struct object *object =
        outcome->result >= 0 ? object_known(run, kind, (int)outcome->result) : NULL;
    write_object(event, kind, object);
    json_boolean(event, "created", outcome->made);
}

enum next enter_semget(struct run *run, struct task *task)
{
    return enter_get(run, task, (int)task->arguments[2]);
}

enum next leave_semget(struct run *run, struct task *task, long result)
{
    return leave_get(run, task, result, OBJECT_SET, (int)task->arguments[2]);
}

void describe_semget(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    json_integer(event, "key", (key_t)task->arguments[0]);
    json_integer(event, "size", (int)task->arguments[1]);
    json_integer(event, "flags", (int)task->arguments[2]);
    describe_get(run, event, outcome, OBJECT_SET);
}

enum next enter_msgget(struct run *run, struct task *task)
{
    return enter_get(run, task, (int)task->arguments[1]);
}

enum next leave_msgget(struct run *run, struct task *task, long result)
{
    return leave_get(run, task, result, OBJECT_QUEUE, (int)task->arguments[1]);
}

void describe_msgget(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    json_integer(event, "key", (key_t)task->arguments[0]);
    json_integer(event, "flags", (int)task->arguments[1]);
    describe_get(run, event, outcome, OBJECT_QUEUE);
}

/* Read on entry: who never comes back can be asked no more. */
enum next enter_semop(struct run *run, struct task *task)
{
    size_t count = task->arguments[2] < OPERATIONS_TOLD ? task->arguments[2] : OPERATIONS_TOLD;
    (void)run;
    bool read = count > 0 && task_peek(task, task->arguments[1], task->operations,
                                       count * sizeof *task->operations);
    task->operation_count = read ? count : 0;
    return NEXT_RETURN;
}

enum next leave_semop(struct run *run, struct task *task, long result)
{
    take_in(run, task, OBJECT_SET, result);
    event_call_of_kind(run, task, &(struct outcome){.result = result}, true);
    return NEXT_GO_ON;
}

void describe_semop(struct run *run, struct json *event, const struct task *task,
                    const struct outcome *outcome)
{
    (void)outcome;
    describe_named(run, event, task, OBJECT_SET);
    json_open(event, "operations", '[');
    for (size_t i = 0; i < task->operation_count; i++) {
        const struct sembuf *operation = &task->operations[i];
        json_open(event, NULL, '[');
        json_integer(event, NULL, operation->sem_num);
        json_integer(event, NULL, operation->sem_op);
        json_integer(event, NULL, operation->sem_flg);
        json_close(event, ']');
    }
    json_close(event, ']');
}

/* What the kernel takes it for: an int, into which IPC_64 may be or-ed. */
static int command(unsigned long long argument)
{
    return (int)argument & ~0x100;
}

static const char *command_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {IPC_RMID, "IPC_RMID"}, {IPC_SET, "IPC_SET"}, {IPC_STAT, "IPC_STAT"},
        {IPC_INFO, "IPC_INFO"}, {GETVAL, "GETVAL"},   {SETVAL, "SETVAL"},
        {GETALL, "GETALL"},     {SETALL, "SETALL"},   {GETPID, "GETPID"},
        {GETNCNT, "GETNCNT"},   {GETZCNT, "GETZCNT"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == number)
            return names[i].name;
    }
    return "?";
}

static enum next leave_control(struct run *run, struct task *task, long result,
                               enum object_kind kind, int number)
{
    if (number != IPC_RMID)
        take_in(run, task, kind, result);
    event_call(run, task, &(struct outcome){.result = result});
    if (result >= 0 && number == IPC_RMID)
        object_removed(run, kind, (int)task->arguments[0], task->process);
    return NEXT_GO_ON;
}

bool semctl_looks(const struct task *task)
{
    int number = command(task->arguments[2]);
    return number != IPC_RMID && number != IPC_SET && number != SETVAL && number != SETALL;
}

enum next leave_semctl(struct run *run, struct task *task, long result)
{
    return leave_control(run, task, result, OBJECT_SET, command(task->arguments[2]));
}

void describe_semctl(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    int number = command(task->arguments[2]);
    (void)outcome;
    describe_named(run, event, task, OBJECT_SET);
    json_integer(event, "semaphore", (int)task->arguments[1]);
    json_string(event, "command", command_name(number));
    if (number == SETVAL)
        json_integer(event, "value", (int)task->arguments[3]);
}

bool msgctl_looks(const struct task *task)
{
    int number = command(task->arguments[1]);
    return number != IPC_RMID && number != IPC_SET;
}

enum next leave_msgctl(struct run *run, struct task *task, long result)
{
    return leave_control(run, task, result, OBJECT_QUEUE, command(task->arguments[1]));
}

void describe_msgctl(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    (void)outcome;
    describe_named(run, event, task, OBJECT_QUEUE);
    json_string(event, "command", command_name(command(task->arguments[1])));
}

/* Read on entry, as above: the message's type stands before it. */
enum next enter_msgsnd(struct run *run, struct task *task)
{
    (void)run;
    if (!task_peek(task, task->arguments[1], &task->message_type, sizeof task->message_type))
        task->message_type = 0;
    return NEXT_RETURN;
}

enum next leave_message(struct run *run, struct task *task, long result)
{
    take_in(run, task, OBJECT_QUEUE, result);
    event_call_of_kind(run, task, &(struct outcome){.result = result}, true);
    return NEXT_GO_ON;
}

static void describe_message(struct run *run, struct json *event, const struct task *task,
                             long type, int flags)
{
    describe_named(run, event, task, OBJECT_QUEUE);
    json_integer(event, "size", (long long)task->arguments[2]);
    json_integer(event, "type", type);
    json_integer(event, "flags", flags);
}

void describe_msgsnd(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    (void)outcome;
    describe_message(run, event, task, task->message_type, (int)task->arguments[3]);
}

void describe_msgrcv(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    (void)outcome;
    describe_message(run, event, task, (long)task->arguments[3], (int)task->arguments[4]);
}
