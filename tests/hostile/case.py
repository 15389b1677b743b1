"""One hostile submission: a folder with the attacked exercise, and its `case.toml`.

    about = "what it tries, in one line"
    attack = "B1"                        the class of attack: see ATTACKS
    exercise = "1-fork-wait"
    score = 0                            the most that it may earn: an honest program's points
    levels = ["namespaces", "user"]      where it is run; everywhere if absent
    seconds = 20                         the most that it may take; SECONDS if absent
    wall_ms = 1000                       it never ends, whatever a run's limit: WALL_MS if absent
    not_graded = ["plain"]               where it may make its own grade fail (exit status 3)
    says = "not a regular file"          what the report must tell the student; not asked if absent
    says_in_cgroup = "than the limit"    and this, where cgroups can be made
    valgrind = true                      valgrind is what is attacked; else left out, it takes time
    fifo = ["1-fork-wait/fork_wait.c"]   what git cannot hold is made by the test
    made = [["1-fork-wait/x.h", "(", 9]] so are large files and names that not every system takes:
                                         path, text, how many times
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.room import WALL_MS
from tests.patience import patient

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions" / "hostile"
SECONDS = 60
LEVELS = ("namespaces", "user", "plain")
KEYS = {
    "valgrind",
    "about",
    "attack",
    "exercise",
    "score",
    "levels",
    "seconds",
    "wall_ms",
    "says",
    "says_in_cgroup",
    "fifo",
    "made",
    "not_graded",
}

# The classes of attack; a case names one.
ATTACKS = {
    "B1": "the compiler reads a file of the host",
    "B2": "the compiler is kept busy, or made to write without end",
    "B3": "names of files are taken for options, commands or headers",
    "B4": "the source is something else than a file",
    "B5": "messages of the compiler carry what they should not",
    "B6": "the code is rewritten by macros, pragmas or symbols",
    "S1": "an answer without the work",
    "S2": "forged verdicts in what is printed",
    "S3": "results are written over",
    "S4": "the end of the process is forged",
    "S5": "code in the process is replaced",
    "S6": "calls are faked or made for the count",
    "S7": "the watcher is detected, and the program behaves while it is watched",
    "S8": "the tracer is evaded",
    "R1": "files of the grader, the solution or other submissions are read",
    "R2": "processes of the grader are read",
    "R3": "objects of others are read or changed",
    "R4": "what was learnt is sent out",
    "M1": "processes without end",
    "M2": "memory without end",
    "M3": "output or files without end",
    "M4": "a program that never ends",
    "M5": "descriptors and other tables are used up",
    "M6": "a loss of its own is passed off as the machine's",
    "E1": "a process escapes the kill",
    "E2": "the grader, the tracer or strangers are signalled",
    "E3": "privileges are sought",
    "L1": "objects are left behind",
    "L2": "files are left that hinder clean-up or the next run",
    "T1": "the terminal is attacked",
}


@dataclass(frozen=True)
class Case:
    """What a hostile submission says of itself."""

    folder: Path
    about: str
    attack: str
    exercise: str
    score: int
    levels: tuple[str, ...]
    seconds: float
    wall_ms: int
    valgrind: bool
    not_graded: tuple[str, ...]
    says: str
    says_in_cgroup: str
    fifo: tuple[str, ...]
    made: tuple[tuple[str, str, int], ...]

    @property
    def name(self) -> str:
        return self.folder.name


def read(folder: Path) -> Case:
    """The case in this folder; raises ValueError where its case.toml does not hold together."""
    said = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    unknown = said.keys() - KEYS
    if unknown:
        raise ValueError(f"{folder}/case.toml: unknown: {', '.join(sorted(unknown))}")
    if said["attack"] not in ATTACKS:
        raise ValueError(f"{folder}/case.toml: no attack {said['attack']}")
    return Case(
        folder=folder,
        about=said["about"],
        attack=said["attack"],
        exercise=said["exercise"],
        score=said.get("score", 0),
        levels=tuple(said.get("levels", LEVELS)),
        seconds=patient(said.get("seconds", SECONDS)),
        wall_ms=said.get("wall_ms", WALL_MS),
        valgrind=said.get("valgrind", False),
        not_graded=tuple(said.get("not_graded", ())),
        says=said.get("says", ""),
        says_in_cgroup=said.get("says_in_cgroup", ""),
        fifo=tuple(said.get("fifo", ())),
        made=tuple((path, text, times) for path, text, times in said.get("made", ())),
    )


def cases() -> list[Case]:
    return [read(path.parent) for path in sorted(SUBMISSIONS.glob("*/case.toml"))]
