#define _GNU_SOURCE
#include "call_other.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "events.h"
#include "shortage.h"
#include "skip.h"
#include "verdict.h"

enum { EXEC_WORDS_MAX = 2048 };

enum next leave_plain(struct run *run, struct task *task, long result)
{
    event_call_of_kind(run, task, &(struct outcome){.result = result}, true);
    return NEXT_GO_ON;
}

/* Whether it runs the file that the command itself was started from. */
static bool runs_the_command(const struct run *run, const struct task *task)
{
    char path[48];
    struct stat now;
    snprintf(path, sizeof path, "/proc/%d/exe", task->tid);
    return stat(path, &now) == 0 && now.st_dev == run->program_device &&
           now.st_ino == run->program_inode;
}

/* The file that a task runs: of a script, its interpreter. */
static void describe_file(struct json *event, const struct task *task)
{
    char path[48];
    char file[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/exe", task->tid);
    ssize_t length = readlink(path, file, sizeof file);
    json_bytes(event, "file", file, length > 0 ? (size_t)length : 0);
}

/* The first words of its command line, each as the program sees it. */
static void describe_arguments(struct json *event, const struct task *task)
{
    char path[48];
    char words[EXEC_WORDS_MAX];
    snprintf(path, sizeof path, "/proc/%d/cmdline", task->tid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file == -1 ? -1 : read(file, words, sizeof words);
    if (file != -1)
        close(file);
    json_open(event, "arguments", '[');
    for (char *word = words; length > 0 && word < words + length;) {
        size_t size = strnlen(word, (size_t)(words + length - word));
        json_bytes(event, NULL, word, size);
        word += size + 1;
    }
    json_close(event, ']');
}

void describe_exec(struct run *run, struct json *event, const struct task *task,
                   const struct outcome *outcome)
{
    json_boolean(event, "itself", outcome->result == 0 && runs_the_command(run, task));
    if (outcome->result != 0)
        return;
    describe_file(event, task);
    describe_arguments(event, task);
}

void describe_pipe(struct run *run, struct json *event, const struct task *task,
                   const struct outcome *outcome)
{
    int ends[2];
    (void)run;
    json_integer(event, "flags", task->call->number == SYS_pipe2 ? (int)task->arguments[1] : 0);
    json_open(event, "descriptors", '[');
    if (outcome->result == 0 && task_peek(task, task->arguments[0], ends, sizeof ends)) {
        json_integer(event, NULL, ends[0]);
        json_integer(event, NULL, ends[1]);
    }
    json_close(event, ']');
}

enum next enter_refused(struct run *run, struct task *task)
{
    return call_skip(run, task, -call_refusal(task->call));
}

enum next enter_setrlimit(struct run *run, struct task *task)
{
    shortage_limits_changed(run, task->arguments[0]);
    return NEXT_GO_ON;
}

enum next enter_prctl(struct run *run, struct task *task)
{
    switch ((int)task->arguments[0]) { /* as the kernel takes it: the rest of its 64 bits is cut */
    case PR_SET_DUMPABLE:
        return call_skip(run, task, 0);
    case PR_SET_SECCOMP:
        return call_skip(run, task, -EPERM);
    default:
        return NEXT_GO_ON;
    }
}

/* mremap(2): an old size of 0, or MREMAP_DONTUNMAP, leaves two views of the same shared memory;
   that of them which shmdt does not know stays. */
enum next enter_mremap(struct run *run, struct task *task)
{
    const unsigned long long dont_unmap = 4;
    (void)run;
    if (task->arguments[1] == 0 || (task->arguments[3] & dont_unmap) != 0)
        task->process->has_views = true;
    return NEXT_GO_ON;
}

enum next leave_memory(struct run *run, struct task *task, long result)
{
    /* brk(2): the call itself returns the break, an unchanged one where it failed */
    bool refused = result == -ENOMEM || (task->call->number == SYS_brk && task->arguments[0] != 0 &&
                                         (unsigned long long)result < task->arguments[0]);
    if (refused && !shortage_of_memory(run, task, result))
        run_note_limit(run, VERDICT_MEMORY, "it asked for more memory than the limit");
    return NEXT_GO_ON;
}
