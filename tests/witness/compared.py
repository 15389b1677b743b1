"""What witness and strace say of the same command: the successful calls of the lesson, by process.

Two runs of a program can be compared only if its calls do not depend on the order in which its
processes run. Which program does, strace alone says, never witness: where the two differ, strace
runs it again, in other orders. If it then sees different calls itself, the program is a race.

`make compare` compares them for every program of the corpus."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
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
ONE_PROCESSOR = "one-processor"  # as witness keeps a run
# Delays, in microseconds, by which strace turns the order: strace(1), "inject".
FORKS, LATE = "fork,vfork,clone,clone3", 30_000
ORDERS: dict[str, list[str]] = {
    "any": [],
    "children first": [f"inject={FORKS}:delay_exit={LATE}"],
    "parents first": [f"inject=shmget,shmat,shmdt,shmctl:delay_enter={LATE}"],
    "every second look-up late": [f"inject=shmget:delay_enter={LATE}:when=2+2"],
    "removals late": [f"inject=shmctl:delay_enter={2 * LATE}"],
    "waits late": [f"inject=wait4,waitid:delay_enter={LATE}"],
}
ROUNDS = 3  # in each of these orders, until two differ
RACE = "is a race: what it calls depends on the order of its processes"
SECONDS = patient(4)  # a program that does not end by itself is not compared
# Everything of one process in a file of its own; they come out under their names.
TRACE = (
    "timeout -s KILL $0 strace -ff --quiet=all --signal=none -o /tmp/trace"
    f' -e trace={CALLS} "$@" >/dev/null 2>&1 || [ $? -ne 137 ] || echo late;'
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


def by_strace(command: Sequence[str], order: str = ONE_PROCESSOR) -> Calls | None:
    """None where the program did not end by itself."""
    one = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    placed = one if order == ONE_PROCESSOR else []
    turned = [word for delay in ORDERS.get(order, []) for word in ("-e", delay)]
    traced = [*turned, "--", *command]
    box = [*sandbox(), *placed, "prlimit", "--nproc=200", "sh", "-c", TRACE, str(SECONDS), *traced]
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
        calls: Counter[str] = Counter()
        for each in made:
            found_nobody = each["call"] == "wait" and each["child"] is None
            if each["call"] in LESSON and not found_nobody:
                # what comes again is told once, and counted
                calls[SHOWN.get(each["call"], each["call"])] += each.get("times", 1)
        counted.append(calls)
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


def is_a_race(command: Sequence[str], seen: Calls) -> bool:
    """Does strace see other calls as well, in whatever order?"""
    orders = [order for _ in range(ROUNDS) for order in (ONE_PROCESSOR, *ORDERS)]
    return any(by_strace(command, order) not in (seen, None) for order in orders)


def compare(
    command: Sequence[str], watched: Callable[[Sequence[str]], Calls | None] = by_witness
) -> Compared:
    made = Compared(watched(command), by_strace(command))
    if made.witness is None or made.strace is None:
        return Compared(skipped="does not end by itself")
    if not made.equal and is_a_race(command, made.strace):
        return Compared(skipped=RACE)
    return made


def compare_case(case: Case) -> Compared:
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
