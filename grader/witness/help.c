#include "options.h"

void options_print_help(FILE *stream, const char *calls)
{
    fputs("\
NAME\n\
    witness - run a command and tell what its processes and segments did\n\
\n\
SYNOPSIS\n\
    witness [OPTION ...] [--] COMMAND [ARGUMENT ...]\n\
    witness [--output WHERE] --series FILE\n\
\n\
DESCRIPTION\n\
    Runs COMMAND, observes every process under it (ptrace(2) behind a seccomp(2)\n\
    filter), and writes one JSON object of facts: who forked, waited, printed, and\n\
    who created, attached, detached and removed which System V segment, in order.\n\
    grader/witness/REFERENCE.md documents the facts (schema witness/v1).\n\
\n\
OPTIONS OF THE CALL\n\
    --output WHERE      a file, or FD:n for an open descriptor (default: stdout)\n\
    --series FILE       run the commands of FILE (- for stdin) one after another in\n\
                        one world; one command a line, with the options of a run;\n\
                        words are separated by a space and percent-encoded (%20 is\n\
                        a space, a lone % the empty word); one JSON object a line\n\
    --uid N             run the commands as user and group N, with no other group\n\
                        and no capability; only for root\n\
    --help, --version\n\
\n\
OPTIONS OF A RUN\n\
    --stdout terminal|pipe     what the program prints to (default: pipe)\n\
    --schedule none            as the kernel likes (default)\n\
               parent-first    a child begins when its parent waits or ended,\n\
                               an orphan when process 1 ended\n\
               child-first     a parent goes on when its child ended\n\
               reverse         as parent-first, the last-born child goes first\n\
               one-at-a-time   one process runs at a time\n\
               seed:N          a random order, the same for the same N\n\
               order:N         one process runs at a time, in the order of this number;\n\
                               0: whoever runs goes on as long as it can\n\
    --explore N         run the command in all of its orders, N (2000) at most, those\n\
                        with few switches first; one JSON object of facts for each\n\
    --fail [parent:|childK:]CALL:ERRNO[@N]\n\
                        the N-th CALL (every one without @N) is not made and fails\n\
                        with ERRNO; CALL is one of\n\
",
          stream);
    fprintf(stream, HELP_INDENT "%s;\n", calls);
    fputs("\
                        N counts over the run, with a prefix in that process\n\
    --poke K:OLD:NEW    when the K-th child was waited for, change OLD into NEW;\n\
                        K = 0: when the command itself has attached a segment;\n\
                        -K: before the K-th child goes on that was held from its birth,\n\
                        where the run's segments hold it in exactly one place\n\
    --signal OLD:NEW    deliver signal NEW in place of signal OLD\n\
    --core              a wait tells of a core dump where a signal ended the child,\n\
                        as on a machine that makes them\n\
    --content           record the bytes of the segments and who changed them\n\
    --owner-mode        the owner may read and write each new segment, whatever mode\n\
                        was asked for\n\
    --id-zero           let the first segment of a fresh system have the id 0\n\
    --past-end          fill each new segment's last page, past the end of the segment,\n\
                        with something that is not zero (--content and --poke see\n\
                        zeros there)\n\
    --first-pid N       the command and its children have process ids from N, as on a\n\
                        machine that runs for long; only in a PID namespace whose\n\
                        first process is witness: elsewhere ids are what they are\n\
    --untraced          run without tracing: output, limits and clean-up only\n\
    --limit NAME=VALUE  wall-ms (10000) cpu-ms (5000) memory (268435456, bytes)\n\
                        virtual-ms (3600000, what it sleeps by its own clock)\n\
                        segments (67108864, bytes in all) processes (100)\n\
                        output (1048576, bytes) file-size (16777216) open-files (64)\n\
    --linger MS         how long children may go on after the parent ended, by their\n\
                        own clock and by that of the machine (500)\n\
\n\
EXIT STATUS\n\
    0  the facts are written, whatever the command did\n\
    2  the options or the series are wrong\n\
    3  this machine does not allow what witness needs\n\
    4  another fault that is not the command's\n\
\n\
SEE ALSO\n\
    ptrace(2), seccomp(2), shmget(2), strace(1)\n",
          stream);
}
