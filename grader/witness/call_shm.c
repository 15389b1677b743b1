#define _GNU_SOURCE
#include "call_shm.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "arch.h"
#include "arguments.h"
#include "content.h"
#include "events.h"
#include "pages.h"
#include "processes.h"
#include "schedule.h"
#include "segments.h"
#include "skip.h"
#include "verdict.h"

static bool succeeded(long result)
{
    return result >= 0 || result <= -4096; /* an address may lie high */
}

static void write_segment(struct json *event, const struct segment *segment)
{
    if (segment != NULL)
        json_integer(event, "segment", segment->number);
    else
        json_null(event, "segment");
}

/* Who asks again and again for a segment that is not there, not yet or no more, waits for it. */
static void count_lookup(struct run *run, struct task *task, long result)
{
    if (call_found_nothing(result))
        schedule_polled(run, task);
    else
        task->process->polls = 0;
}

enum next enter_shmget(struct run *run, struct task *task)
{
    const unsigned long long *arguments = task->arguments;
    const unsigned long long owner = 0600; /* sysvipc(7): the owner reads and writes */
    if (!call_creates(task->arguments[0], (int)task->arguments[2]))
        return NEXT_RETURN;
    if (!segments_fit(run, arguments[1])) {
        run_note_limit(run, VERDICT_SEGMENTS,
                       "its segments together were larger, or more, than the limit");
        return call_skip(run, task, -ENOMEM);
    }
    if (run->options->owner_mode && (arguments[2] & owner) != owner &&
        arch_set_third(task->tid, arguments[2] | owner) != 0 && errno != ESRCH)
        run_end(run, VERDICT_FAULT, "the mode of a segment could not be changed");
    return NEXT_RETURN;
}

void describe_shmget(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    const unsigned long long *arguments = task->arguments;
    int id = outcome->result >= 0 ? (int)outcome->result : -1;
    if (id == -1) /* a key that a stranger has in use */
        segment_meet_foreign(run, (key_t)arguments[0]);
    bool known = id != -1 && segment_known(run, id) != NULL;
    const struct segment *segment = id != -1 ? segment_meet(run, id, task->process) : NULL;
    json_integer(event, "key", (key_t)arguments[0]);
    json_integer(event, "size", (long long)arguments[1]);
    json_integer(event, "flags", (int)arguments[2]);
    write_segment(event, segment);
    json_boolean(event, "created", !known && segment != NULL && segment->created != 0);
}

enum next leave_shmget(struct run *run, struct task *task, long result)
{
    bool known = result >= 0 && segment_known(run, (int)result) != NULL;
    event_call_of_kind(run, task, &(struct outcome){.result = result}, known);
    count_lookup(run, task, result);
    struct segment *segment = result >= 0 && !known ? segment_known(run, (int)result) : NULL;
    if (segment != NULL && segment->created != 0 && run->options->past_end)
        pages_fill_past_end(segment);
    return NEXT_GO_ON;
}

void describe_shmat(struct run *run, struct json *event, const struct task *task,
                    const struct outcome *outcome)
{
    const unsigned long long *arguments = task->arguments;
    (void)outcome;
    json_integer(event, "id", (int)arguments[0]);
    json_address(event, "address", arguments[1]);
    json_integer(event, "flags", (int)arguments[2]);
    write_segment(event, segment_meet(run, (int)arguments[0], NULL));
}

enum next leave_shmat(struct run *run, struct task *task, long result)
{
    const unsigned long long *arguments = task->arguments;
    event_call(run, task, &(struct outcome){.result = result});
    count_lookup(run, task, result);
    struct segment *segment = succeeded(result) ? segment_known(run, (int)arguments[0]) : NULL;
    if (segment == NULL)
        return NEXT_GO_ON;
    struct attachment attachment = {
        .segment = segment,
        .address = (unsigned long long)result,
        .read_only = (arguments[2] & SHM_RDONLY) != 0,
    };
    if (process_attach(task->process, attachment) != 0)
        run_end(run, VERDICT_FAULT, "no memory for an attachment");
    content_look(run, segment, task->process, "attach", true);
    if (task->process->order == 0)
        content_poke(run, task->process, task->process);
    return NEXT_GO_ON;
}

enum next enter_shmdt(struct run *run, struct task *task)
{
    content_look_all(run, task->process, "detach", true);
    return NEXT_RETURN;
}

void describe_shmdt(struct run *run, struct json *event, const struct task *task,
                    const struct outcome *outcome)
{
    unsigned long long address = task->arguments[0];
    const struct attachment *attachment = process_attachment_at(task->process, address);
    (void)run;
    (void)outcome;
    json_address(event, "address", address);
    write_segment(event, attachment != NULL && attachment->address == address ? attachment->segment
                                                                              : NULL);
}

enum next leave_shmdt(struct run *run, struct task *task, long result)
{
    struct process *process = task->process;
    event_call(run, task, &(struct outcome){.result = result});
    struct attachment *attachment =
        succeeded(result) ? process_attachment_at(process, task->arguments[0]) : NULL;
    if (attachment != NULL)
        *attachment = process->attachments[--process->attachment_count];
    return NEXT_GO_ON;
}

/* What the kernel takes it for: an int, into which IPC_64 may be or-ed. */
static int command_of(const struct task *task)
{
    return (int)task->arguments[1] & ~0x100;
}

bool shmctl_looks(const struct task *task)
{
    return command_of(task) != IPC_RMID;
}

static const char *command_name(int command)
{
    switch (command) {
    case IPC_RMID:
        return "IPC_RMID";
    case IPC_SET:
        return "IPC_SET";
    case IPC_STAT:
        return "IPC_STAT";
    case IPC_INFO:
        return "IPC_INFO";
    case SHM_LOCK:
        return "SHM_LOCK";
    case SHM_UNLOCK:
        return "SHM_UNLOCK";
    case SHM_STAT:
        return "SHM_STAT";
    case SHM_INFO:
        return "SHM_INFO";
    default:
        return "?";
    }
}

enum next enter_shmctl(struct run *run, struct task *task)
{
    struct segment *segment =
        command_of(task) == IPC_RMID ? segment_meet(run, (int)task->arguments[0], NULL) : NULL;
    if (segment != NULL)
        content_look(run, segment, task->process, "remove", true);
    return NEXT_RETURN;
}

void describe_shmctl(struct run *run, struct json *event, const struct task *task,
                     const struct outcome *outcome)
{
    (void)outcome;
    json_integer(event, "id", (int)task->arguments[0]);
    json_string(event, "command", command_name(command_of(task)));
    write_segment(event, segment_known(run, (int)task->arguments[0]));
}

enum next leave_shmctl(struct run *run, struct task *task, long result)
{
    event_call(run, task, &(struct outcome){.result = result});
    struct segment *segment = succeeded(result) && command_of(task) == IPC_RMID
                                  ? segment_known(run, (int)task->arguments[0])
                                  : NULL;
    if (segment != NULL && segment->removed == 0) {
        segment->removed = run->sequence;
        segment->removed_by = task->process->number;
    }
    return NEXT_GO_ON;
}
