#define _GNU_SOURCE
#include "call_time.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "asked.h"
#include "events.h"
#include "skip.h"
#include "timers.h"
#include "virtual_time.h"

/* Answers a call in the kernel's place: writes what it is to tell, if there is a place for it. */
static enum next answer(struct run *run, struct task *task, unsigned long long place,
                        const void *bytes, size_t count, long result)
{
    bool written = place == 0 || task_poke(task, place, bytes, count);
    return call_skip_quietly(run, task, written ? result : -EFAULT);
}

enum next enter_clock_gettime(struct run *run, struct task *task)
{
    clockid_t clock = (clockid_t)task->arguments[0];
    if (!clock_is_virtual(clock) || task->arguments[1] == 0)
        return NEXT_GO_ON;
    asked(run, task);
    long long now = virtual_clock_ns(run, clock);
    const long long shown[2] = {now / SECOND_NS, now % SECOND_NS};
    return answer(run, task, task->arguments[1], shown, sizeof shown, 0);
}

enum next enter_gettimeofday(struct run *run, struct task *task)
{
    if (task->arguments[1] != 0) /* the time zone is the kernel's to tell */
        return NEXT_GO_ON;
    asked(run, task);
    long long now = virtual_clock_ns(run, CLOCK_REALTIME);
    const long long shown[2] = {now / SECOND_NS, now % SECOND_NS / 1000};
    return answer(run, task, task->arguments[0], shown, sizeof shown, 0);
}

enum next enter_time(struct run *run, struct task *task)
{
    asked(run, task);
    long long seconds = virtual_clock_ns(run, CLOCK_REALTIME) / SECOND_NS;
    return answer(run, task, task->arguments[0], &seconds, sizeof seconds, (long)seconds);
}

/* Read on entry: a caller may let the rest of the time be written over it (nanosleep(2)). */
static long long sleep_length(const struct task *task)
{
    long long length[2]; /* struct timespec: seconds, nanoseconds */
    if (!task_peek(task, task->arguments[task->call->argument], length, sizeof length))
        return -1;
    return length[0] * 1000 + length[1] / 1000000;
}

enum next enter_sleep(struct run *run, struct task *task)
{
    (void)run;
    if (task->deadline_ns == 0) /* not made again after a signal, when the rest is written there */
        task->sleep_ms = sleep_length(task);
    return NEXT_RETURN;
}

enum next leave_sleep(struct run *run, struct task *task, long result)
{
    event_call_of_kind(run, task, &(struct outcome){.result = result}, true);
    return NEXT_GO_ON;
}

void describe_sleep(struct run *run, struct json *event, const struct task *task,
                    const struct outcome *outcome)
{
    (void)run;
    (void)outcome;
    if (task->sleep_ms >= 0)
        json_integer(event, "ms", task->sleep_ms);
    else
        json_null(event, "ms");
}

/* alarm(2): the rest of the former one, in whole seconds; the kernel never tells 0 of a rest. */
static long rest_in_seconds(long long ns)
{
    long long seconds = ns / SECOND_NS, fraction = ns % SECOND_NS;
    if (fraction >= SECOND_NS / 2 || (seconds == 0 && fraction > 0))
        seconds++;
    return (long)seconds;
}

enum next enter_alarm(struct run *run, struct task *task)
{
    unsigned seconds = (unsigned)task->arguments[0];
    struct timer *timer = timer_of_alarm(run, task->process);
    if (timer == NULL)
        return NEXT_GO_ON;
    long rest = rest_in_seconds(timer_rest(run, timer));
    timer_set(run, timer, (struct timer_time){.first_ns = seconds * SECOND_NS});
    return call_skip_quietly(run, task, rest);
}

/* struct itimerval: the interval comes first. In microseconds; false where the kernel refuses it.
 */
static bool read_itimer(const struct task *task, unsigned long long place, struct timer_time *time)
{
    long long given[4];
    if (!task_peek(task, place, given, sizeof given))
        return false;
    for (int i = 0; i < 4; i++) {
        if (given[i] < 0 || (i % 2 == 1 && given[i] >= 1000000) || given[i] > NEVER / SECOND_NS / 2)
            return false;
    }
    time->interval_ns = given[0] * SECOND_NS + given[1] * 1000;
    time->first_ns = given[2] * SECOND_NS + given[3] * 1000;
    return true;
}

static void show_itimer(const struct run *run, const struct timer *timer, long long shown[4])
{
    long long rest = timer_rest(run, timer);
    shown[0] = timer->interval_ns / SECOND_NS;
    shown[1] = timer->interval_ns % SECOND_NS / 1000;
    shown[2] = rest / SECOND_NS;
    shown[3] = (rest % SECOND_NS + 999) / 1000;
    if (shown[3] == 1000000) {
        shown[2]++;
        shown[3] = 0;
    }
}

enum next enter_setitimer(struct run *run, struct task *task)
{
    struct timer_time time = {0};
    long long former[4];
    if ((int)task->arguments[0] != ITIMER_REAL ||
        (task->arguments[1] != 0 && !read_itimer(task, task->arguments[1], &time)))
        return NEXT_GO_ON;
    struct timer *timer = timer_of_alarm(run, task->process);
    if (timer == NULL)
        return NEXT_GO_ON;
    show_itimer(run, timer, former);
    timer_set(run, timer, time);
    return answer(run, task, task->arguments[2], former, sizeof former, 0);
}

enum next enter_getitimer(struct run *run, struct task *task)
{
    long long now[4] = {0};
    if ((int)task->arguments[0] != ITIMER_REAL || task->arguments[1] == 0)
        return NEXT_GO_ON;
    const struct timer *timer = timer_of_alarm(run, task->process);
    if (timer == NULL)
        return NEXT_GO_ON;
    show_itimer(run, timer, now);
    return answer(run, task, task->arguments[1], now, sizeof now, 0);
}

/* timer_create(2): the timer is the kernel's, so that it has a number; its time is ours. */
enum next leave_timer_create(struct run *run, struct task *task, long result)
{
    clockid_t clock = (clockid_t)task->arguments[0];
    struct sigevent how = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    int id;
    if (result != 0 || !clock_is_virtual(clock) ||
        !task_peek(task, task->arguments[2], &id, sizeof id))
        return NEXT_GO_ON;
    how.sigev_value.sival_int = id;
    if (task->arguments[1] == 0 || task_peek(task, task->arguments[1], &how, sizeof how))
        timer_made(run, task->process, id, clock, &how);
    return NEXT_GO_ON;
}

/* struct itimerspec: the interval comes first. False where the kernel refuses it. */
static bool read_timer(const struct run *run, const struct task *task, unsigned long long place,
                       const struct timer *timer, bool absolute, struct timer_time *time)
{
    long long given[4];
    if (place == 0 || !task_peek(task, place, given, sizeof given))
        return false;
    for (int i = 0; i < 4; i++) {
        if (given[i] < 0 || (i % 2 == 1 && given[i] >= SECOND_NS) ||
            given[i] > NEVER / SECOND_NS / 2)
            return false;
    }
    time->interval_ns = given[0] * SECOND_NS + given[1];
    time->first_ns = given[2] * SECOND_NS + given[3];
    if (absolute && time->first_ns != 0) {
        long long rest = virtual_when(run, timer->clock, time->first_ns) - virtual_now(run);
        time->first_ns = rest > 0 ? rest : 1;
    }
    return true;
}

static void show_timer(const struct run *run, const struct timer *timer, long long shown[4])
{
    long long rest = timer_rest(run, timer);
    shown[0] = timer->interval_ns / SECOND_NS;
    shown[1] = timer->interval_ns % SECOND_NS;
    shown[2] = rest / SECOND_NS;
    shown[3] = rest % SECOND_NS;
}

static enum next set_timer(struct run *run, struct task *task, struct timer *timer, bool absolute)
{
    struct timer_time time;
    long long former[4];
    if (timer == NULL || !read_timer(run, task, task->arguments[2], timer, absolute, &time))
        return NEXT_GO_ON;
    show_timer(run, timer, former);
    timer_set(run, timer, time);
    return answer(run, task, task->arguments[3], former, sizeof former, 0);
}

static enum next get_timer(struct run *run, struct task *task, const struct timer *timer)
{
    long long now[4];
    if (timer == NULL || task->arguments[1] == 0)
        return NEXT_GO_ON;
    show_timer(run, timer, now);
    return answer(run, task, task->arguments[1], now, sizeof now, 0);
}

enum next enter_timer_settime(struct run *run, struct task *task)
{
    return set_timer(run, task, timer_of_number(run, task->process, (int)task->arguments[0]),
                     ((int)task->arguments[1] & TIMER_ABSTIME) != 0);
}

enum next enter_timer_gettime(struct run *run, struct task *task)
{
    return get_timer(run, task, timer_of_number(run, task->process, (int)task->arguments[0]));
}

enum next enter_timer_delete(struct run *run, struct task *task)
{
    timer_forget(timer_of_number(run, task->process, (int)task->arguments[0]));
    return NEXT_GO_ON;
}

enum next enter_timerfd_settime(struct run *run, struct task *task)
{
    return set_timer(run, task, timer_of_descriptor(run, task->process, (int)task->arguments[0]),
                     ((int)task->arguments[1] & TFD_TIMER_ABSTIME) != 0);
}

enum next enter_timerfd_gettime(struct run *run, struct task *task)
{
    return get_timer(run, task, timer_of_descriptor(run, task->process, (int)task->arguments[0]));
}
