// Puts a line on standard output without write: write_otherwise CALL. A call that is refused is
// named on stderr with its errno; then the line is not there.
#include "program.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

static int file_with(const char *text)
{
    int file = (int)sure(memfd_create("line", 0), "memfd_create");
    sure(write(file, text, strlen(text)), "write");
    sure(lseek(file, 0, SEEK_SET), "lseek");
    return file;
}

static int pipe_with(const char *text)
{
    int ends[2];
    sure(pipe(ends), "pipe");
    sure(write(ends[1], text, strlen(text)), "write");
    return ends[0];
}

static long put(const char *call, char *line)
{
    size_t length = strlen(line);
    struct iovec part = {line, length};
    if (strcmp(call, "sendfile") == 0)
        return sendfile(STDOUT_FILENO, file_with(line), NULL, length);
    if (strcmp(call, "splice") == 0)
        return splice(pipe_with(line), NULL, STDOUT_FILENO, NULL, length, 0);
    if (strcmp(call, "tee") == 0)
        return tee(pipe_with(line), STDOUT_FILENO, length, 0);
    if (strcmp(call, "vmsplice") == 0)
        return vmsplice(STDOUT_FILENO, &part, 1, 0);
    if (strcmp(call, "copy_file_range") == 0)
        return copy_file_range(file_with(line), NULL, STDOUT_FILENO, NULL, length, 0);
    if (strcmp(call, "pwritev2") == 0)
        return pwritev2(STDOUT_FILENO, &part, 1, -1, 0);
    if (strcmp(call, "pwrite") == 0)
        return pwrite(STDOUT_FILENO, line, length, 0);
    fprintf(stderr, "no such way: %s\n", call);
    _exit(99);
}

int main(int argc, char **argv)
{
    char line[] = "otherwise: 4\n";
    const char *call = argc > 1 ? argv[1] : "";
    if (put(call, line) == -1)
        fprintf(stderr, "%s: %s\n", call, strerrorname_np(errno));
    return 0;
}
