"""What witness and strace say of the same command: the successful calls of the lesson, by process.

`make compare` compares them for every program of the corpus."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.corpus.case import Case, cases
from tests.patience import patient
from tests.witness import reachable
from tests.witness.corpus import build
from tests.witness.observed import Observed, processors, sandbox, watch

CALLS = "fork,vfork,clone,clone3,wait4,waitid,shmget,shmat,shmdt,shmctl"
SHOWN = {"wait4": "wait", "waitid": "wait", "clone": "fork", "clone3": "fork", "vfork": "fork"}
LESSON = set(CALLS.split(",")) | {"wait"}
TIMES = 5  # a program that is a race may go either way; what both see at once is compared
NOT_COMPARED = {
    "wrong/6-wnohang-once-each": "polls",
    "wrong/6-no-exit-in-child": "is a race: eight processes look up and remove one segment",
}
SECONDS = patient(4)  # a program that does not end by itself is not compared
# Everything of one process in a file of its own; they come out under their names.
TRACE = (
    "timeout -s KILL $0 strace -ff --quiet=all --signal=none -o /tmp/trace"
    f' -e trace={CALLS} -- "$@" >/dev/null 2>&1 || [ $? -ne 137 ] || echo late;'
    " grep -H '' /tmp/trace.*"
)
LINE = re.compile(r"^/tmp/trace\.(\d+):(\w+)\((.*)\)\s+= (?!-1|\?)(\w+)", re.MULTILINE)

Calls = list[Counter[str]]


def in_order(counted: Sequence[Counter[str]]) -> Calls:
    """An order that needs no numbers; who made no call is left out."""
    return sorted((each for each in counted if each), key=lambda each: sorted(each.items()))


def polls(call: str, result: str) -> bool:
    """A wait that found nothing: how many of them there are is a matter of time."""
    return call in ("wait4", "wait") and result == "0"


def by_strace(command: Sequence[str]) -> Calls | None:
    """None where the program did not end by itself."""
    # witness keeps a run on one processor: a race then goes the same way most of the time.
    one = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    box = [*sandbox(), *one, "prlimit", "--nproc=200", "sh", "-c", TRACE, str(SECONDS), *command]
    said = subprocess.run(box, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    text = said.stdout.decode("utf-8", "replace")
    if text.startswith("late"):
        return None
    found: dict[str, Counter[str]] = {}
    thread_of: dict[str, str] = {}
    for tid, call, arguments, result in LINE.findall(text):
        if not polls(call, result):
            found.setdefault(tid, Counter())[SHOWN.get(call, call)] += 1
        if "CLONE_THREAD" in arguments:
            thread_of[result] = tid
    for thread, process in thread_of.items():
        found.setdefault(process, Counter()).update(found.pop(thread, Counter()))
    return in_order(list(found.values()))


def by_witness(command: Sequence[str]) -> Calls | None:
    run = watch(
        list(command),
        "--limit",
        f"wall-ms={SECONDS * 1000:.0f}",
        "--id-zero",
        "--linger",
        1000,
        prefix=sandbox(),
    )
    return calls_of(run) if run["verdict"] == "ended" else None


def calls_of(run: Observed) -> Calls:
    counted = []
    for process in run.processes:
        told = run.events("call", process=process["number"])
        made = [each for each in told if each["result"] is not None and not each["error"]]
        counted.append(
            Counter(
                SHOWN.get(each["call"], each["call"])
                for each in made
                if each["call"] in LESSON and not (each["call"] == "wait" and each["child"] is None)
            )
        )
    return in_order(counted)


@dataclass(frozen=True)
class Compared:
    """What both said in the end; None: not compared."""

    witness: Calls | None = None
    strace: Calls | None = None
    skipped: str = ""

    @property
    def equal(self) -> bool:
        return bool(self.skipped) or self.witness == self.strace


def compare(command: Sequence[str]) -> Compared:
    made = Compared()
    for _ in range(TIMES):
        made = Compared(by_witness(command), by_strace(command))
        if made.witness is None or made.strace is None:
            return Compared(skipped="does not end by itself")
        if made.equal:
            break
    return made


def compare_case(case: Case) -> Compared:
    if case.name in NOT_COMPARED:
        return Compared(skipped=NOT_COMPARED[case.name])
    built = build(case)
    return compare(built.command) if built else Compared(skipped="does not compile")


def main() -> int:
    reachable.fill()
    every = cases()
    different = compared = 0
    with ThreadPoolExecutor(processors()) as pool:
        for case, made in zip(every, pool.map(compare_case, every), strict=True):
            if made.skipped:
                print(f"{case.name}: not compared: it {made.skipped}")
                continue
            compared += 1
            if not made.equal:
                different += 1
                print(f"{case.name}: witness {made.witness}\n  strace {made.strace}")
    print(f"{len(every)} programs, {compared} compared, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
