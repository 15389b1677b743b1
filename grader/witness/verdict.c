#include "verdict.h"

#include <string.h>

#include "events.h"

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ENDED:
        return "ended";
    case VERDICT_WALL_TIME:
        return "wall-time";
    case VERDICT_CPU_TIME:
        return "cpu-time";
    case VERDICT_MEMORY:
        return "memory";
    case VERDICT_PROCESSES:
        return "processes";
    case VERDICT_OUTPUT:
        return "output";
    case VERDICT_FILE_SIZE:
        return "file-size";
    case VERDICT_OPEN_FILES:
        return "open-files";
    case VERDICT_SEGMENTS:
        return "segments";
    case VERDICT_EVENTS:
        return "events";
    case VERDICT_DEADLOCK:
        return "deadlock";
    case VERDICT_FAULT:
        return "fault";
    }
    return "fault";
}

void run_distrust(struct run *run, const char *reason)
{
    for (size_t i = 0; i < run->distrust_count; i++) {
        if (strcmp(run->distrust[i], reason) == 0)
            return;
    }
    if (run->distrust_count < sizeof run->distrust / sizeof *run->distrust)
        run->distrust[run->distrust_count++] = reason;
}

void run_note_limit(struct run *run, enum verdict verdict, const char *detail)
{
    if (run->verdict != VERDICT_ENDED)
        return;
    run->verdict = verdict;
    run->verdict_detail = detail;
    if (verdict == VERDICT_FAULT || verdict == VERDICT_DEADLOCK)
        return;
    struct json *event = event_open(run, NULL, "limit");
    json_string(event, "limit", verdict_name(verdict));
    event_close(run, false);
}

void run_end(struct run *run, enum verdict verdict, const char *detail)
{
    run_note_limit(run, verdict, detail);
    run->ending = true;
}
