// What a task that stands in a call is waiting for, by the function: some states of the kernel are
// too short to be met from outside.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "../../../grader/witness/blocked.h"
#include "../../../grader/witness/calls.h"

#include <criterion/criterion.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct call *call_of(long number)
{
    for (size_t i = 0; i < call_count; i++) {
        if (calls[i].number == number)
            return &calls[i];
    }
    return NULL;
}

static char state_of(pid_t pid)
{
    char path[32], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    cr_assert_not_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    return strrchr(text, ')')[2];
}

/* A process that stands in a vfork until it is killed: its state is D. */
static pid_t start_uninterruptible(void)
{
    pid_t parent = fork();
    cr_assert_neq(parent, -1);
    if (parent == 0) {
        setpgid(0, 0);
        if (syscall(SYS_clone, CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL) == 0)
            pause();
        _exit(0);
    }
    while (state_of(parent) != 'D')
        sched_yield();
    return parent;
}

static void end_group(pid_t parent)
{
    kill(-parent, SIGKILL);
    waitpid(parent, NULL, 0);
}

static enum blocked blocked_in_clone(unsigned long long flags)
{
    pid_t parent = start_uninterruptible();
    struct task task = {.tid = parent, .call = call_of(SYS_clone), .arguments = {flags}};
    enum blocked found = task_blocked(&task);
    end_group(parent);
    return found;
}

Test(blocked, a_fork_that_the_machine_keeps_waiting_comes_back)
{
    cr_assert_eq(blocked_in_clone(SIGCHLD), BLOCKED_NO);
}

Test(blocked, the_parent_of_a_vfork_waits_for_its_child)
{
    cr_assert_eq(blocked_in_clone(CLONE_VM | CLONE_VFORK | SIGCHLD), BLOCKED_FOREVER);
}
