#define _GNU_SOURCE
#include "facts.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "explored.h"
#include "limits.h"
#include "objects.h"
#include "segments.h"
#include "shortage.h"
#include "verdict.h"

static void write_options(struct json *json, const struct options *options)
{
    json_open(json, "options", '{');
    json_string(json, "stdout", options->terminal ? "terminal" : "pipe");
    json_string(json, "schedule", options->schedule_written);
    json_open(json, "fail", '[');
    for (size_t i = 0; i < options->fault_count; i++)
        json_string(json, NULL, options->faults[i].written);
    json_close(json, ']');
    json_open(json, "poke", '[');
    for (size_t i = 0; i < options->poke_count; i++) {
        json_open(json, NULL, '[');
        json_integer(json, NULL, options->pokes[i].child);
        json_integer(json, NULL, options->pokes[i].old);
        json_integer(json, NULL, options->pokes[i].new);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_open(json, "signal", '[');
    for (size_t i = 0; i < options->swap_count; i++) {
        json_open(json, NULL, '[');
        json_integer(json, NULL, options->swaps[i].old);
        json_integer(json, NULL, options->swaps[i].new);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_boolean(json, "content", options->content);
    json_boolean(json, "core", options->core);
    json_boolean(json, "owner_mode", options->owner_mode);
    json_boolean(json, "id_zero", options->id_zero);
    json_boolean(json, "past_end", options->past_end);
    json_integer(json, "first_pid", options->first_pid);
    json_boolean(json, "untraced", options->untraced);
    json_open(json, "limits", '{');
    json_integer(json, "processes", options->limits.processes);
    json_integer(json, "memory", options->limits.memory);
    json_integer(json, "segments", options->limits.segments);
    json_integer(json, "open_files", options->limits.open_files);
    json_close(json, '}');
    json_close(json, '}');
}

static void write_order(struct json *json, const struct run *run)
{
    const struct explored *explored = run->explored;
    if (run->options->schedule != SCHEDULE_ORDER)
        return;
    json_open(json, "order", '{');
    json_integer(json, "number", (long long)run->options->order);
    json_integer(json, "decisions", run->order.decision_count);
    json_integer(json, "tried", explored != NULL ? (long long)explored->tried : 1);
    json_integer(json, "left", explored != NULL ? (long long)explored_left(explored) : 0);
    json_boolean(json, "last", explored == NULL || explored_is_over(explored));
    json_close(json, '}');
}

static void write_output(struct json *json, const char *key, const struct output *output)
{
    json_open(json, key, '{');
    json_integer(json, "bytes", output->total);
    json_bytes(json, "text", output->kept, output->kept_count);
    json_close(json, '}');
}

static void write_moment(struct json *json, const char *key, long moment)
{
    if (moment != 0)
        json_integer(json, key, moment);
    else
        json_null(json, key);
}

static void write_fault(struct json *json, const struct fault_place *fault)
{
    if (!fault->happened) {
        json_null(json, "fault");
        return;
    }
    json_open(json, "fault", '{');
    json_address(json, "address", fault->address);
    json_boolean(json, "write_denied", fault->write_denied);
    write_moment(json, "segment", fault->segment != NULL ? fault->segment->number : 0);
    json_boolean(json, "read_only", fault->read_only);
    json_close(json, '}');
}

static void write_process(struct json *json, const struct process *process)
{
    json_open(json, NULL, '{');
    json_integer(json, "number", process->number);
    json_integer(json, "pid", process->pid);
    json_integer(json, "parent", process->parent != NULL ? process->parent->number : 0);
    json_string(json, "how", process->how);
    json_boolean(json, "shares_memory", process->shares_memory);
    json_integer(json, "born", process->born);
    write_moment(json, "ended", process->ended);
    bool signaled = process->ended != 0 && WIFSIGNALED(process->status);
    bool killed = signaled && process->killed_by_witness;
    if (process->ended == 0)
        json_null(json, "end");
    else
        json_string(json, "end", killed ? "killed" : signaled ? "signal" : "exit");
    json_integer(json, "code", process->ended != 0 && !signaled ? WEXITSTATUS(process->status) : 0);
    json_integer(json, "signal", signaled ? WTERMSIG(process->status) : 0);
    json_boolean(json, "core", signaled && WCOREDUMP(process->status));
    write_fault(json, &process->fault);
    write_moment(json, "reaped", process->reaped);
    write_moment(json, "reaped_by", process->reaped_by);
    json_boolean(json, "outlived_parent", process->outlived);
    json_string(json, "doing", process->doing[0] != '\0' ? process->doing : "ended");
    json_integer(json, "cpu_us", process->cpu_us);
    json_integer(json, "max_rss_kb", process->max_rss_kb);
    json_close(json, '}');
}

static void write_segment(struct json *json, const struct segment *segment)
{
    json_open(json, NULL, '{');
    json_integer(json, "number", segment->number);
    json_integer(json, "id", segment->id);
    json_integer(json, "key", segment->key);
    json_integer(json, "size", (long long)segment->size);
    json_integer(json, "mode", segment->mode);
    write_moment(json, "creator", segment->creator);
    write_moment(json, "created", segment->created);
    json_boolean(json, "preexisting", segment->creator == 0);
    json_boolean(json, "foreign", segment->foreign);
    json_integer(json, "owner", segment->owner);
    write_moment(json, "removed", segment->removed);
    write_moment(json, "removed_by", segment->removed_by);
    json_boolean(json, "left", segment->removed == 0 && segment_is_left(segment));
    json_close(json, '}');
}

/* Of a series, those that an earlier command made count for that one. */
static long long count_new(const struct ids *before, const struct ids *after)
{
    return (long long)after->count - (long long)before->count;
}

static bool is_in(const char *folder, const char *path)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* New POSIX objects of one kind, by name: shm_overview(7), mq_overview(7). */
static void write_objects(struct json *json, const char *key, const char *folder,
                          const struct world *before, const struct world *after)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < after->file_count; i++) {
        if (is_in(folder, after->files[i]) && !world_has_file(before, after->files[i]))
            json_string(json, NULL, after->files[i] + strlen(folder));
    }
    json_close(json, ']');
}

static void write_leftovers(struct json *json, const struct run *run, const struct world *before,
                            const struct world *after)
{
    static const char posix_shm[] = "/dev/shm/", posix_queues[] = "/dev/mqueue/";
    json_open(json, "leftovers", '{');
    json_open(json, "segments", '[');
    for (size_t i = 0; i < run->series->segment_count; i++) {
        const struct segment *segment = run->series->segments[i];
        if (!segment->gone && segment->made_here && segment->removed == 0 &&
            segment_is_left(segment))
            json_integer(json, NULL, segment->number);
    }
    json_close(json, ']');
    json_open(json, "processes", '[');
    for (size_t i = 0; i < run->process_count; i++) {
        if (run->processes[i]->outlived)
            json_integer(json, NULL, run->processes[i]->number);
    }
    json_close(json, ']');
    json_integer(json, "semaphores", count_new(&before->semaphores, &after->semaphores));
    json_integer(json, "message_queues",
                 count_new(&before->message_queues, &after->message_queues));
    objects_write_left(json, run, after);
    write_objects(json, "posix_shm", posix_shm, before, after);
    write_objects(json, "posix_queues", posix_queues, before, after);
    json_open(json, "files", '[');
    for (size_t i = 0; i < after->file_count; i++) {
        if (!is_in(posix_shm, after->files[i]) && !is_in(posix_queues, after->files[i]) &&
            !world_has_file(before, after->files[i]))
            json_string(json, NULL, after->files[i]);
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* Of a run that is traced the events tell more. */
static void write_made(struct json *json, const struct run *run)
{
    if (!run->options->untraced)
        return;
    json_open(json, "made", '{');
    if (run->made.processes != -1)
        json_integer(json, "processes", run->made.processes);
    if (run->made.segments != -1)
        json_integer(json, "segments", run->made.segments);
    json_close(json, '}');
}

void facts_write(struct json *json, struct run *run, const struct world *before,
                 const struct world *after)
{
    long long cpu_us = 0;
    for (size_t i = 0; i < run->process_count; i++)
        cpu_us += run->processes[i]->cpu_us;
    json_open(json, NULL, '{');
    json_string(json, "schema", FACTS_SCHEMA);
    json_open(json, "command", '[');
    for (char **word = run->options->command; *word != NULL; word++)
        json_string(json, NULL, *word);
    json_close(json, ']');
    write_options(json, run->options);
    write_order(json, run);
    json_string(json, "verdict", verdict_name(run->verdict));
    if (run->verdict == VERDICT_FAULT && run->tracing && !run->executed) {
        char detail[256];
        snprintf(detail, sizeof detail, "'%s' could not be started", run->options->command[0]);
        json_string(json, "detail", detail);
    } else {
        json_string(json, "detail",
                    run->verdict_detail != NULL ? run->verdict_detail : "it ended by itself");
    }
    json_boolean(json, "trusted", run->distrust_count == 0);
    json_open(json, "distrust", '[');
    for (size_t i = 0; i < run->distrust_count; i++)
        json_string(json, NULL, run->distrust[i]);
    json_close(json, ']');
    json_integer(json, "wall_us", run->wall_us);
    json_integer(json, "used_us", limits_used_us(run));
    json_integer(json, "cpu_us", cpu_us);
    json_integer(json, "max_rss_kb", run->max_rss_kb);
    write_output(json, "stdout", &run->outputs[1]);
    write_output(json, "stderr", &run->outputs[2]);
    json_open(json, "processes", '[');
    for (size_t i = 0; i < run->process_count; i++)
        write_process(json, run->processes[i]);
    json_close(json, ']');
    json_open(json, "segments", '[');
    for (size_t i = 0; i < run->series->segment_count; i++) {
        if (run->series->segments[i]->met && !run->series->segments[i]->gone)
            write_segment(json, run->series->segments[i]);
    }
    json_close(json, ']');
    objects_write(json, run, after);
    write_made(json, run);
    write_leftovers(json, run, before, after);
    shortages_write(json, run);
    json_splice(json, "events", &run->events);
    stacks_write(json, &run->stacks);
    json_close(json, '}');
}
