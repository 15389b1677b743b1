#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "events.h"
#include "proc_text.h"
#include "verdict.h"

enum { TERMINAL_PATIENCE_MS = 1000, FLOOD_FACTOR = 16, FLOOD_PIECES = 20000 };

static int open_terminal(struct output *output)
{
    char name[64];
    struct termios settings;
    const struct winsize size = {.ws_row = 24, .ws_col = 80};
    output->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (output->master == -1)
        return -1;
    if (unlockpt(output->master) != 0 || ptsname_r(output->master, name, sizeof name) != 0)
        return -1;
    output->program = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (output->program == -1 || tcgetattr(output->program, &settings) != 0)
        return -1;
    settings.c_oflag &= ~(tcflag_t)OPOST; /* the bytes come out as they were written */
    settings.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(output->program, TCSANOW, &settings) != 0)
        return -1;
    return ioctl(output->program, TIOCSWINSZ, &size);
}

static int open_pipe(struct output *output)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    output->master = ends[0];
    output->program = ends[1];
    return fcntl(output->master, F_SETFL, O_NONBLOCK);
}

int output_open(struct run *run)
{
    for (int stream = 1; stream <= 2; stream++) {
        struct output *output = &run->outputs[stream];
        struct stat status;
        *output = (struct output){.master = -1, .program = -1};
        bool terminal = stream == 1 && run->options->terminal;
        if ((terminal ? open_terminal(output) : open_pipe(output)) != 0 ||
            fstat(output->program, &status) != 0)
            return -1;
        output->device = status.st_dev;
        output->inode = status.st_ino;
        output->terminal = terminal ? status.st_rdev : 0;
    }
    return 0;
}

void output_close(struct run *run)
{
    for (int stream = 1; stream <= 2; stream++) {
        struct output *output = &run->outputs[stream];
        if (output->master != -1)
            close(output->master);
        if (output->program != -1)
            close(output->program);
        free(output->kept);
        *output = (struct output){.master = -1, .program = -1};
    }
}

/* tty(4): /dev/tty is the terminal that the process belongs to, whatever its number. */
static bool is_own_terminal(const struct run *run, pid_t tid, const struct stat *status)
{
    char path[32], text[512];
    if (run->outputs[1].terminal == 0 || !S_ISCHR(status->st_mode) ||
        status->st_rdev != makedev(TTYAUX_MAJOR, 0))
        return false;
    snprintf(path, sizeof path, "/proc/%d/stat", tid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file != -1 ? read(file, text, sizeof text - 1) : -1;
    if (file != -1)
        close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return proc_text_terminal(text) == run->outputs[1].terminal;
}

int output_of(const struct run *run, pid_t tid, int descriptor)
{
    char path[48];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, descriptor);
    if (stat(path, &status) != 0)
        return errno == ENOENT ? 0 : -1;
    for (int stream = 1; stream <= 2; stream++) {
        if (status.st_dev == run->outputs[stream].device &&
            status.st_ino == run->outputs[stream].inode)
            return stream;
    }
    return is_own_terminal(run, tid, &status) ? 1 : 0;
}

/* Keeps up to the limit, counts the rest. */
static void keep(struct run *run, int stream, const char *bytes, size_t count,
                 const struct task *writer)
{
    struct output *output = &run->outputs[stream];
    size_t limit = (size_t)run->options->limits.output;
    size_t room = output->kept_count < limit ? limit - output->kept_count : 0;
    size_t taken = count < room ? count : room;
    output->total += (long long)count;
    if (taken > 0) {
        char *grown = realloc(output->kept, output->kept_count + taken);
        if (grown == NULL) {
            run_end(run, VERDICT_FAULT, "no memory for the program's output");
            return;
        }
        output->kept = grown;
        memcpy(output->kept + output->kept_count, bytes, taken);
        output->kept_count += taken;
        event_write(run, writer != NULL ? writer->process : NULL, stream == 1 ? "stdout" : "stderr",
                    writer != NULL ? writer->began : run->sequence, bytes, taken);
    }
    if (taken < count) {
        run_note_limit(run, VERDICT_OUTPUT, "it printed more than the limit");
        output->pieces_beyond++; /* each costs a stop, however small it is */
    }
    if (output->total > (long long)limit * FLOOD_FACTOR || output->pieces_beyond > FLOOD_PIECES)
        run_end(run, VERDICT_OUTPUT, "it printed more than the limit");
}

bool output_is_unread(const struct run *run, int stream)
{
    struct pollfd source = {.fd = run->outputs[stream].master, .events = POLLIN};
    return poll(&source, 1, 0) > 0 && (source.revents & POLLIN) != 0;
}

void output_drain(struct run *run, int stream, struct task *writer, long long expected)
{
    struct output *output = &run->outputs[stream];
    char *bytes = NULL;
    size_t count = 0, capacity = 0;
    long long deadline = 0;
    for (;;) {
        if (capacity - count < 4096) {
            size_t larger = capacity * 2 + 8192;
            char *grown = realloc(bytes, larger);
            if (grown == NULL)
                break;
            bytes = grown;
            capacity = larger;
        }
        ssize_t got = read(output->master, bytes + count, capacity - count);
        if (got > 0) {
            count += (size_t)got;
            if (count < (1 << 20))
                continue;
            keep(run, stream, bytes, count, writer);
            expected -= (long long)count;
            if (writer != NULL)
                writer->drained += (long long)count;
            count = 0;
            if (run->ending)
                break;
            continue;
        }
        if (got == -1 && errno == EINTR)
            continue;
        if ((long long)count >= expected)
            break;
        /* The terminal's line discipline passes bytes on in a kernel thread: they come, but later.
         */
        long long now = now_ns();
        if (deadline == 0)
            deadline = now + TERMINAL_PATIENCE_MS * 1000000LL;
        if (now >= deadline) {
            run_distrust(run, "bytes that a write returned for did not come out of the terminal");
            break;
        }
        struct pollfd waiting = {.fd = output->master, .events = POLLIN};
        poll(&waiting, 1, (int)((deadline - now) / 1000000) + 1);
    }
    if (count > 0)
        keep(run, stream, bytes, count, writer);
    if (writer != NULL)
        writer->drained += (long long)count;
    free(bytes);
}
