#define _GNU_SOURCE
#include "stacks.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "memory.h"
#include "proc_text.h"

enum {
    STACKS_MAX = 2000,
    STACK_BYTES = 12288, /* of printf's way to write(2), 3 KB */
    WORDS_MAX = 512,
    LINE_SIZE = 512,
    MAPS_READ_MAX = 32, /* a program may have many mappings, and code that is in none */
};

static bool is_code(const struct stacks *stacks, unsigned long long address)
{
    for (int i = 0; i < stacks->code_count; i++) {
        if (address >= stacks->codes[i].start && address < stacks->codes[i].end)
            return true;
    }
    return false;
}

/* proc(5), maps: "start-end perms offset device inode path". */
static void read_maps(struct stacks *stacks, pid_t tid)
{
    char name[48], line[LINE_SIZE];
    snprintf(name, sizeof name, "/proc/%d/maps", tid);
    FILE *maps = stacks->maps_read++ < MAPS_READ_MAX ? fopen(name, "re") : NULL;
    if (maps == NULL)
        return;
    stacks->code_count = 0;
    json_open(&stacks->text, NULL, '{');
    json_open(&stacks->text, "maps", '[');
    while (stacks->code_count < STACKS_CODES && fgets(line, sizeof line, maps) != NULL) {
        unsigned long long start, end, offset;
        const char *path;
        if (!proc_text_code(line, &start, &end, &offset, &path))
            continue;
        stacks->codes[stacks->code_count++] = (struct code_range){start, end};
        json_open(&stacks->text, NULL, '[');
        json_integer(&stacks->text, NULL, (long long)start);
        json_integer(&stacks->text, NULL, (long long)end);
        json_integer(&stacks->text, NULL, (long long)offset);
        json_bytes(&stacks->text, NULL, path, strcspn(path, "\n"));
        json_close(&stacks->text, ']');
    }
    json_close(&stacks->text, ']');
    json_close(&stacks->text, '}');
    fclose(maps);
}

static void write_words(struct stacks *stacks, pid_t tid, unsigned long long sp)
{
    uint64_t words[STACK_BYTES / sizeof(uint64_t)];
    ssize_t got = memory_read(tid, sp, words, sizeof words);
    int written = 0;
    for (size_t i = 0; got > 0 && i < (size_t)got / sizeof *words && written < WORDS_MAX; i++) {
        if (!is_code(stacks, words[i]) && (words[i] < sp || words[i] > sp + (1 << 20)))
            continue;
        json_integer(&stacks->text, NULL, (long long)i * (long long)sizeof *words);
        json_integer(&stacks->text, NULL, (long long)words[i]);
        written++;
    }
}

void stacks_note(struct stacks *stacks, long seq, pid_t tid, const char *kind)
{
    struct frame frame;
    if (stacks->count >= STACKS_MAX ||
        (strcmp(kind, "call") != 0 && strcmp(kind, "write") != 0 && strcmp(kind, "signal") != 0))
        return;
    stacks->count++;
    if (arch_frame(tid, &frame) != 0)
        return;
    if (!is_code(stacks, frame.pc))
        read_maps(stacks, tid);
    if (!is_code(stacks, frame.pc))
        return;
    json_open(&stacks->text, NULL, '[');
    json_integer(&stacks->text, NULL, seq);
    json_integer(&stacks->text, NULL, (long long)frame.pc);
    json_integer(&stacks->text, NULL, (long long)frame.sp);
    json_open(&stacks->text, NULL, '[');
    for (int i = 0; i < frame.count; i++) {
        json_integer(&stacks->text, NULL, frame.kept[i].number);
        json_integer(&stacks->text, NULL, (long long)frame.kept[i].value);
    }
    json_close(&stacks->text, ']');
    json_open(&stacks->text, NULL, '[');
    write_words(stacks, tid, frame.sp);
    json_close(&stacks->text, ']');
    json_close(&stacks->text, ']');
}

void stacks_write(struct json *json, const struct stacks *stacks)
{
    json_splice(json, "stacks", &stacks->text);
}

void stacks_free(struct stacks *stacks)
{
    json_free(&stacks->text);
}
