#include "faults.h"

#include <linux/sched.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "calls.h"

/* The first row of those that share a name in --fail. */
static bool is_first(size_t row)
{
    if (calls[row].fail == NULL)
        return false;
    for (size_t i = 0; i < row; i++) {
        if (calls[i].fail != NULL && strcmp(calls[i].fail, calls[row].fail) == 0)
            return false;
    }
    return true;
}

void faults_names(char *text, size_t size, const char *indent, size_t width)
{
    size_t length = 0, line = 0;
    text[0] = '\0';
    for (size_t i = 0; i < call_count; i++) {
        if (!is_first(i))
            continue;
        bool fits = line + 1 + strlen(calls[i].fail) <= width;
        const char *before = length == 0 ? "" : fits ? " " : indent;
        int added = snprintf(text + length, size - length, "%s%s", before, calls[i].fail);
        if (added < 0 || (size_t)added >= size - length)
            return;
        line = fits ? line + (size_t)added : strlen(calls[i].fail);
        length += (size_t)added;
    }
}

static bool is_named(const struct fault *fault, const char *name)
{
    return name != NULL && strlen(name) == fault->call_length &&
           memcmp(fault->call, name, fault->call_length) == 0;
}

static bool is_known(const struct fault *fault)
{
    for (size_t i = 0; i < call_count; i++) {
        if (is_named(fault, calls[i].fail))
            return true;
    }
    return false;
}

int faults_check(const struct options *options)
{
    char names[FAULT_NAMES_SIZE];
    for (size_t i = 0; i < options->fault_count; i++) {
        if (is_known(&options->faults[i]))
            continue;
        faults_names(names, sizeof names, "", sizeof names);
        fprintf(stderr,
                "witness: --fail %s: the call is none of %s (witness --help tells the options)\n",
                options->faults[i].written, names);
        return -1;
    }
    return 0;
}

int fault_due(struct run *run, const struct task *task)
{
    bool thread = task->call->kind == CALL_FORK && (call_clone_flags(task) & CLONE_THREAD) != 0;
    int due = 0;
    for (size_t i = 0; i < run->options->fault_count; i++) {
        const struct fault *fault = &run->options->faults[i];
        if (thread || !is_named(fault, task->call->fail))
            continue;
        if (fault->process != 0 && fault->process != task->process->number)
            continue;
        unsigned hits = fault->process != 0 ? ++task->process->fault_hits[i] : ++run->fault_hits[i];
        if (due == 0 && (fault->nth == 0 || fault->nth == hits))
            due = fault->error;
    }
    return due;
}
