#include "vdso.h"

#include <elf.h>

#include "arch.h"
#include "arguments.h"

enum { WORDS_MAX = 1 << 18 }; /* execve(2): arguments and environment have their limits, too */

/* getauxval(3): the stack of a new program holds argc, the arguments, NULL, the environment, NULL,
   and then pairs of a type and a value. */
void vdso_hide(const struct task *task)
{
    unsigned long long place = arch_stack(task->tid);
    unsigned long word;
    if (place == 0)
        return;
    for (int strings = 0, words = 0; strings < 2 && words < WORDS_MAX; words++) {
        place += sizeof word;
        if (!task_peek(task, place, &word, sizeof word))
            return;
        strings += word == 0;
    }
    for (int pairs = 0; pairs < WORDS_MAX; pairs++) {
        if (!task_peek(task, place + sizeof word, &word, sizeof word) || word == AT_NULL)
            return;
        place += sizeof word;
        if (word == AT_SYSINFO_EHDR) {
            const unsigned long ignored = AT_IGNORE;
            task_poke(task, place, &ignored, sizeof ignored);
        }
        place += sizeof word;
    }
}
