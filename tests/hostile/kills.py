"""Kills the grader at drawn moments, on each level: `python3 -m tests.hostile.kills 50`.

SIGKILL to the grader, nothing else. No process may go on, and what else is left has to be gone
after the next start.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

from tests.hostile.attacked import Room
from tests.hostile.case import LEVELS

EXERCISE = "2-sharing"
LONGEST = 2.5  # seconds; a whole grade takes about as long
SEED = 6

# Something to be caught in: segments, semaphores, a child, a while. It computes: a sleep of a run
# costs no time.
PROGRAM = """
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void compute(int ms)
{
    const clock_t end = clock() + ms * (CLOCKS_PER_SEC / 1000);
    while (clock() < end)
        ;
}
int main(void)
{
    shmget(31000, 4096, IPC_CREAT | 0600);
    shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (fork() == 0) {
        setsid();
        compute(100);
        _exit(0);
    }
    compute(60);
    wait(0);
    return 0;
}
"""


def trial(kills: int, seed: int = SEED) -> tuple[list[str], int]:
    """What was wrong, and how many of the kills came before the grader's own end."""
    drawn = random.Random(seed)
    levels = [level for level in LEVELS if level != "user" or os.geteuid() == 0]
    wrong: list[str] = []
    hits = 0
    room = Room()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / EXERCISE).mkdir()
            (folder / EXERCISE / "sharing.c").write_text(PROGRAM, "utf-8")
            for number in range(kills):
                level, after = levels[number % len(levels)], drawn.uniform(0.05, LONGEST)
                killed = room.kill(folder, EXERCISE, level, after)
                hits += killed.status == -9
                told = f"{level}, killed after {after:.2f} s: "
                wrong += [told + entry for entry in killed.left if entry.startswith("process")]
                again = room.grade_again(folder, EXERCISE, level)
                if again.status != 0:
                    wrong.append(f"{told}the next grade ended with {again.status}")
                wrong += [f"{told}after the next start: {entry}" for entry in again.left]
    finally:
        room.close()
    return wrong, hits


if __name__ == "__main__":
    count = int(sys.argv[1])
    found, caught = trial(count)
    print("\n".join([*found, f"{count} kills, {caught} before the end, {len(found)} troubles"]))
    sys.exit(1 if found else 0)
