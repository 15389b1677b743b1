"""Random small programs of the traced calls, each compared with strace.

`python3 -m tests.witness.random_programs 2000 [FIRST]` makes that many; each is named by its
number, and the same number makes the same program. Who forks waits before it goes on, so that no
call depends on the order of the processes.
"""

from __future__ import annotations

import random
import sys

from tests.witness import reachable
from tests.witness.compared import Compared, compare
from tests.witness.corpus import FOLDER, compile_to

HEAD = """#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int ids[8], count;
static char *places[8], *words[] = {"true", NULL};
static void take(pid_t child) { while (child > 0 && waitpid(child, NULL, 0) == -1) continue; }
int main(void)
{
"""
DEEPEST, MOST = 3, 6

Draw = random.Random
# Each % in them is drawn: from the numbers or words behind it.
LEAVES: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("if (count < 8) ids[count++] = shmget(IPC_PRIVATE, %, 0600);", (1, 4096, 9000)),
    ("shmget(1, %, IPC_CREAT | 0600);", (0, 1, 5000)),
    ("shmget(%, 1, IPC_CREAT | IPC_EXCL | 0600);", (1, 2, 3)),
    ("shmget(%, 0, 0);", (1, 2, 3)),
    ("places[%] = shmat(ids[0], NULL, 0);", (0, 1, 2)),
    ("places[%] = shmat(ids[1], NULL, SHM_RDONLY);", (0, 1, 2)),
    ("shmdt(places[%]);", (0, 1, 2)),
    ("shmctl(ids[%], IPC_RMID, NULL);", (0, 1, 2)),
    ("shmctl(ids[0], IPC_STAT, &(struct shmid_ds){%});", (0,)),
    ("for (int i = 0; i < %; i++) shmdt(NULL);", (3, 1500)),
    ('dprintf(%, "child: 1\\nparent: 2\\n");', (1, 2)),
    ('writev(%, (struct iovec[]){{"a", 1}, {"b\\n", 2}}, 2);', (1, 2)),
    ("kill(getpid(), %);", (0, "SIGCHLD", "SIGWINCH")),
    ("waitpid(-1, NULL, %);", (0, "WNOHANG")),
    ("waitid(P_ALL, 0, &(siginfo_t){%}, WEXITED | WNOHANG);", (0,)),
    ("usleep(%);", (0, 1000)),
    ('{ pid_t c; if (posix_spawn(&c, "/bin/true", %, NULL, words, environ) == 0) take(c); }', (0,)),
    ("{ pid_t c = vfork(); if (c == 0) _exit(%); take(c); }", (0, 7)),
)
# How a child is born; the rest of it is a block.
BIRTHS = (
    "fork()",
    "syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)",
    "syscall(SYS_clone3, NULL, 0) < 0 ? fork() : 0",
)
ENDS = ("_exit(0);", "exit(3);", "raise(SIGKILL);", "abort();", 'execl("/bin/true", "true", NULL);')


def program(number: int) -> str:
    """The C text of the program with this number."""
    draw = random.Random(number)
    return f"{HEAD}{_block(draw, 0)}    return {draw.choice((0, 1))};\n}}\n"


def _block(draw: Draw, depth: int) -> str:
    return "".join(_statement(draw, depth) for _ in range(draw.randint(1, MOST)))


def _statement(draw: Draw, depth: int) -> str:
    if depth < DEEPEST and draw.random() < 0.3:
        inside = _block(draw, depth + 1) + draw.choice(ENDS)
        born = f"pid_t c = {draw.choice(BIRTHS)};"
        return f"{{ {born} if (c == 0) {{ {inside} _exit(0); }} take(c); }}\n"
    form, values = draw.choice(LEAVES)
    return form.replace("%", str(draw.choice(values))) + "\n"


def compare_program(number: int) -> Compared:
    """What witness and strace say of it."""
    folder = FOLDER / "random"
    folder.mkdir(parents=True, exist_ok=True)
    source, built = folder / f"{number}.c", folder / str(number)
    source.write_text(program(number), encoding="utf-8")
    assert compile_to(built, [str(source)]), source
    try:
        return compare([str(built)])
    finally:
        built.unlink()


def main() -> int:
    reachable.fill()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    different = skipped = 0
    for number in range(first, first + count):
        made = compare_program(number)
        skipped += bool(made.skipped)
        if not made.equal:
            different += 1
            print(f"program {number}: witness {made.witness}\n  strace {made.strace}", flush=True)
    print(f"{count} programs, {count - skipped} compared, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
