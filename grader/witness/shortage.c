#define _GNU_SOURCE
#include "shortage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "proc_text.h"
#include "segments.h"

/* What /proc/PID/statm tells of a process, in bytes. */
struct mapped {
    long long all;     /* its address space: RLIMIT_AS */
    long long private; /* what only it has, its stack with it: RLIMIT_DATA, and what is committed */
};

static bool read_text(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file == -1)
        return false;
    ssize_t length = read(file, text, size - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool read_of(pid_t tid, const char *name, char *text, size_t size)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/%s", tid, name);
    return read_text(path, text, size);
}

/* -1 where this kernel does not tell it. */
static long long setting(const char *path)
{
    char text[64];
    return read_text(path, text, sizeof text) ? proc_text_number(text, "") : -1;
}

static struct mapped mapped_by(pid_t tid)
{
    enum { ALL, RESIDENT, SHARED, TEXT, LIBRARIES, PRIVATE, COUNT }; /* proc(5), statm: pages */
    char text[160];
    const char *rest = text;
    long long pages[COUNT];
    if (!read_of(tid, "statm", text, sizeof text))
        return (struct mapped){0};
    for (int i = 0; i < COUNT; i++) {
        char *end;
        pages[i] = strtoll(rest, &end, 10);
        if (end == rest)
            return (struct mapped){0};
        rest = end;
    }
    long long page = sysconf(_SC_PAGESIZE);
    return (struct mapped){.all = pages[ALL] * page, .private = pages[PRIVATE] * page};
}

/* What the processes of the run have together, segments left out. */
static long long private_memory(const struct run *run)
{
    long long sum = 0;
    for (size_t i = 0; i < run->live_count; i++) {
        const struct task *task = run->live[i];
        if (task->process != NULL && task->process->pid == task->tid)
            sum += mapped_by(task->tid).private;
    }
    return sum;
}

/* Who ended stays in the kernel's tables until it was waited for. */
static long long count_tasks(const struct run *run)
{
    long long count = (long long)run->live_count;
    for (size_t i = 0; i < run->process_count; i++) {
        const struct process *process = run->processes[i];
        bool gone = process->reaped != 0 || (kill(process->pid, 0) == -1 && errno == ESRCH);
        count += process->ended != 0 && !gone;
    }
    return count;
}

static void count_segments(const struct run *run, struct shortage *shortage)
{
    struct shmid_ds facts;
    for (size_t i = 0; i < run->series->segment_count; i++) {
        const struct segment *segment = run->series->segments[i];
        if (!segment->gone && segment->made_here && segment_look_up(segment->id, &facts) == 0) {
            shortage->segments++;
            shortage->segment_bytes += (long long)facts.shm_segsz;
        }
    }
}

static void take_bounds(struct bounds *bounds, pid_t tid)
{
    char limits[4096];
    if (!read_of(tid, "limits", limits, sizeof limits))
        limits[0] = '\0';
    bounds->processes = proc_text_number(limits, "Max processes");
    bounds->address_space = proc_text_number(limits, "Max address space");
    bounds->private_memory = proc_text_number(limits, "Max data size");
    bounds->open_files = proc_text_number(limits, "Max open files");
}

static struct shortage *add(struct run *run, const struct task *task, const char *call, int error)
{
    if (run->shortage_count == SHORTAGES_MAX)
        return NULL;
    struct shortage *shortage = &run->shortages[run->shortage_count++];
    *shortage = (struct shortage){
        .seq = run->sequence + 1,
        .process = task->process->number,
        .call = call,
        .error = error,
        .own_limits = run->sets_limits,
        .tasks = count_tasks(run),
        .private_memory = private_memory(run),
        .address_space = mapped_by(task->tid).all,
    };
    count_segments(run, shortage);
    take_bounds(&shortage->bounds, task->tid);
    return shortage;
}

static bool creates(const struct task *task)
{
    return call_creates(task->arguments[0], (int)task->arguments[2]);
}

/* shmget(2): EINVAL has many reasons; this one is the machine's. */
static bool is_above_shmmax(const struct task *task)
{
    long long most = setting("/proc/sys/kernel/shmmax");
    unsigned long long size = task->arguments[1];
    return creates(task) && most >= 0 && size > (unsigned long long)most;
}

static bool is_shortage(const struct task *task, int error)
{
    if (task->call->kind == CALL_FORK)
        return error == EAGAIN || error == ENOMEM;
    switch (task->call->number) {
    case SYS_shmget:
        return error == ENOSPC || error == ENOMEM || error == ENFILE ||
               (error == EINVAL && is_above_shmmax(task));
    case SYS_shmat:
        return error == ENOMEM || error == ENFILE;
    default:
        return false;
    }
}

/* Arguments that may fail so on any machine: a place far away or one that is taken, pages that have
   to be set aside before. */
static bool asks_for_trouble(const struct task *task)
{
    switch (task->call->number) {
    case SYS_shmget:
        return (task->arguments[2] & SHM_HUGETLB) != 0;
    case SYS_shmat:
        return task->arguments[1] != 0 || (task->arguments[2] & SHM_REMAP) != 0;
    case SYS_mmap:
        return task->arguments[0] != 0 ||
               (task->arguments[3] & (MAP_FIXED | MAP_HUGETLB | MAP_LOCKED)) != 0;
    default:
        return false;
    }
}

static long long asked_for(const struct run *run, const struct task *task)
{
    const struct segment *segment;
    if (task->call->kind == CALL_FORK) /* a copy needs as much again */
        return (call_clone_flags(task) & CLONE_VM) == 0 ? mapped_by(task->tid).private : 0;
    switch (task->call->number) {
    case SYS_shmget:
        return (long long)task->arguments[1];
    case SYS_shmat:
        segment = segment_known(run, (int)task->arguments[0]);
        return segment != NULL ? (long long)segment->size : 0;
    default:
        return 0;
    }
}

void shortage_note(struct run *run, const struct task *task, long result)
{
    if (result >= 0 || result < -4095 || !is_shortage(task, (int)-result))
        return;
    struct shortage *shortage = add(run, task, call_shown_name(task), (int)-result);
    if (shortage == NULL)
        return;
    shortage->own_arguments = asks_for_trouble(task);
    shortage->size = asked_for(run, task);
}

/* proc(5), overcommit_memory: with 2 the machine counts what it has promised. */
static bool is_promised_out(long long size)
{
    char text[4096];
    if (setting("/proc/sys/vm/overcommit_memory") != 2 ||
        !read_text("/proc/meminfo", text, sizeof text))
        return false;
    long long limit = proc_text_number(text, "CommitLimit:");
    long long promised = proc_text_number(text, "Committed_AS:");
    return limit >= 0 && promised * 1024 + size > limit * 1024;
}

static bool is_less(long long bound, long long needed)
{
    return bound >= 0 && needed > bound;
}

bool shortage_of_memory(struct run *run, const struct task *task, long result)
{
    long long most = run->options->limits.memory;
    struct mapped mapped = mapped_by(task->tid);
    struct bounds bounds;
    bool heap = task->call->number == SYS_brk; /* a refused one returns where the heap ends */
    unsigned long long asked =
        heap ? task->arguments[0] - (unsigned long long)result : task->arguments[1];
    if (run->sets_limits || asks_for_trouble(task) || asked > (unsigned long long)most)
        return false;
    long long size = (long long)asked;
    if (mapped.all + size > most || private_memory(run) + size > most)
        return false;
    take_bounds(&bounds, task->tid);
    if (!is_less(bounds.address_space, mapped.all + size) &&
        !is_less(bounds.private_memory, mapped.private + size) && !is_promised_out(size))
        return false;
    struct shortage *shortage = add(run, task, task->call->name, ENOMEM);
    if (shortage != NULL)
        shortage->size = size;
    return true;
}

long long shortage_open_files(const struct run *run, const struct task *task)
{
    long long limit = run->options->limits.open_files;
    struct rlimit given;
    char limits[4096];
    if (run->sets_limits || getrlimit(RLIMIT_NOFILE, &given) != 0 ||
        given.rlim_max >= (rlim_t)limit ||
        !read_of(task->tid, "limits", limits, sizeof limits)) /* it may be root's to raise it */
        return limit;
    long long granted = proc_text_number(limits, "Max open files");
    return granted >= 0 && granted < limit ? granted : limit;
}

void shortage_of_files(struct run *run, const struct task *task)
{
    for (size_t i = 0; i < run->shortage_count; i++) {
        if (run->shortages[i].error == EMFILE)
            return;
    }
    add(run, task, "open", EMFILE);
}

void shortage_limits_changed(struct run *run, unsigned long long resource)
{
    switch ((unsigned)resource) { /* as the kernel takes it: the rest of its 64 bits is cut */
    case RLIMIT_NPROC:
    case RLIMIT_AS:
    case RLIMIT_DATA:
    case RLIMIT_NOFILE:
        run->sets_limits = true;
        break;
    default:
        break;
    }
}

static void write_bound(struct json *json, const char *key, long long value)
{
    if (value >= 0)
        json_integer(json, key, value);
    else
        json_null(json, key);
}

static void write_shortage(struct json *json, const struct shortage *shortage)
{
    json_open(json, NULL, '{');
    json_integer(json, "seq", shortage->seq);
    json_integer(json, "process", shortage->process);
    json_string(json, "call", shortage->call);
    json_string(json, "error", error_name(shortage->error));
    json_boolean(json, "own_limits", shortage->own_limits);
    json_boolean(json, "own_arguments", shortage->own_arguments);
    json_integer(json, "size", shortage->size);
    json_integer(json, "tasks", shortage->tasks);
    json_integer(json, "private_memory", shortage->private_memory);
    json_integer(json, "address_space", shortage->address_space);
    json_integer(json, "segments", shortage->segments);
    json_integer(json, "segment_bytes", shortage->segment_bytes);
    json_open(json, "granted", '{');
    write_bound(json, "processes", shortage->bounds.processes);
    write_bound(json, "address_space", shortage->bounds.address_space);
    write_bound(json, "private_memory", shortage->bounds.private_memory);
    write_bound(json, "open_files", shortage->bounds.open_files);
    json_close(json, '}');
    json_close(json, '}');
}

static void write_machine(struct json *json)
{
    static const struct {
        const char *key, *path;
    } settings[] = {
        {"pid_max", "/proc/sys/kernel/pid_max"},
        {"threads_max", "/proc/sys/kernel/threads-max"},
        {"shmmni", "/proc/sys/kernel/shmmni"},
        {"shmall", "/proc/sys/kernel/shmall"},
        {"shmmax", "/proc/sys/kernel/shmmax"},
        {"file_max", "/proc/sys/fs/file-max"},
        {"overcommit_memory", "/proc/sys/vm/overcommit_memory"},
    };
    char text[4096];
    json_open(json, "machine", '{');
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        write_bound(json, settings[i].key, setting(settings[i].path));
    bool told = read_text("/proc/meminfo", text, sizeof text);
    write_bound(json, "available_kb", told ? proc_text_number(text, "MemAvailable:") : -1);
    json_close(json, '}');
}

void shortages_write(struct json *json, const struct run *run)
{
    json_open(json, "shortages", '[');
    for (size_t i = 0; i < run->shortage_count; i++)
        write_shortage(json, &run->shortages[i]);
    json_close(json, ']');
    if (run->shortage_count > 0)
        write_machine(json);
}
