// libFuzzer gives bytes; they are read as a series, line by line, as witness reads them.
#include "../../../grader/witness/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void must(int holds)
{
    if (!holds)
        abort();
}

static void look_at(const struct options *options)
{
    must(options->command != NULL && options->command[0] != NULL);
    must(options->fault_count <= OPTION_LIST_MAX);
    must(options->poke_count <= OPTION_LIST_MAX);
    must(options->swap_count <= OPTION_LIST_MAX);
    for (size_t i = 0; i < options->fault_count; i++)
        must(options->faults[i].error > 0 && options->faults[i].process >= 0);
    for (size_t i = 0; i < options->poke_count; i++)
        must(options->pokes[i].child >= 0);
    for (size_t i = 0; i < options->swap_count; i++)
        must(options->swaps[i].old > 0 && options->swaps[i].new > 0);
    must(options->limits.wall_ms > 0 && options->limits.open_files > 0);
    must(options->linger_ms >= 0);
    must(options->first_pid >= 0 && options->first_pid <= 30000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    char *position = NULL;
    if (text == NULL)
        return 0;
    for (char *line = strtok_r(text, "\n", &position); line != NULL;
         line = strtok_r(NULL, "\n", &position)) {
        struct options options;
        struct request request = {0};
        char *own = strdup(line); // by itself, so that reading past its end is seen
        char **argv = own != NULL ? options_split_line(own) : NULL;
        bool of_a_call = size % 2 == 0;
        if (argv != NULL && options_parse(&options, of_a_call ? &request : NULL, argv) == 0 &&
            !request.help && !request.version && request.series == NULL)
            look_at(&options);
        free(argv);
        free(own);
    }
    free(text);
    return 0;
}
