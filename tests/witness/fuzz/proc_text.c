// libFuzzer gives bytes; they are read as each of the texts of /proc, and as a line of the list of
// segments.
#include "../../../grader/witness/proc_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void must(int holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size); // its end is the end of the memory
    unsigned long long arguments[6];
    int id = -1;
    long long created;
    if (text == NULL)
        return 0;
    must(proc_text_state(text) != '\0');
    must(proc_text_call(text, arguments) >= -1);
    must(proc_text_pid(text) >= 0);
    if (proc_text_mask(text, "SigCgt:") != 0)
        must(strstr(text, "SigCgt:") != NULL);
    must(proc_text_number(text, "Max processes") >= -1);
    must(proc_text_number(text, "") >= -1);
    if (proc_text_segment(text, &id, &created))
        must(id >= 0);
    unsigned long long start, end, offset;
    const char *path = NULL;
    if (proc_text_code(text, &start, &end, &offset, &path))
        must(path >= text && *path == '/');
    free(text);
    return 0;
}
