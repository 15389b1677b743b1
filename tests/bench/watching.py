"""What it costs to be watched: bare, by witness, by strace, and both in the same sandbox."""

from __future__ import annotations

import os
from pathlib import Path

from grader.facts.command import series_text
from tests.bench.measure import BUILD, STRACE, medians, peak_memory_kb
from tests.witness import reachable

WITNESS = [str(reachable.place() / "witness"), "--output", "/dev/null"]
LONG = "--limit wall-ms=600000 --limit cpu-ms=600000 --limit processes=2000".split()
ONE_CPU = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
SHARED = 5  # runs in one sandbox, as the grader makes them
REPEAT = ["/bin/sh", "-c", f'for run in {" ".join(map(str, range(SHARED)))}; do "$@"; done', "sh"]
ORDINARY_ROUNDS = 60
HEAVY_ROUNDS = 5


def program(name: str, *arguments: int) -> list[str]:
    return [str(reachable.place() / "programs" / name), *map(str, arguments)]


def sandbox() -> list[str]:
    """bubblewrap as the grader uses it: an ordinary user, all namespaces, no capability."""
    nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups".split()
    return [
        *(nobody if os.getuid() == 0 else []),
        *"bwrap --unshare-all --cap-drop ALL --new-session --die-with-parent --as-pid-1".split(),
        *"--ro-bind / / --proc /proc --dev /dev --tmpfs /tmp --chdir /tmp".split(),
        *["--ro-bind", str(reachable.place()), str(reachable.place())],
    ]


def ordinary(command: list[str]) -> dict[str, float]:
    """Median milliseconds of one short run, watched in each way."""
    return medians(
        {
            "bare": command,
            "witness": [*WITNESS, "--", *command],
            "strace": [*STRACE, *command],
            "sandbox, bare": [*sandbox(), *command],
            "sandbox, witness": [*sandbox(), *WITNESS, "--", *command],
            "sandbox, strace": [*sandbox(), *STRACE, *command],
            "shared, witness": [*sandbox(), *WITNESS, "--series", str(series(command))],
            "shared, strace": [*sandbox(), *REPEAT, *STRACE, *command],
        },
        ORDINARY_ROUNDS,
    )


def series(command: list[str]) -> Path:
    """A series of the same run, in a file."""
    file = reachable.place() / "bench" / "series"
    file.parent.mkdir(exist_ok=True)
    file.write_text(series_text([["--", *command]] * SHARED), encoding="utf-8")
    return file


def show_ordinary(title: str, command: list[str]) -> None:
    took = ordinary(command)
    print(f"\n{title}")
    for name, median in took.items():
        print(f"  {name:18} {median:8.2f} ms")
    added = (took["witness"] - took["bare"]) / (took["strace"] - took["bare"])
    whole = took["witness"] / took["strace"]
    inside = took["sandbox, witness"] / took["sandbox, strace"]
    print(f"  witness / strace: {whole:.2f} of its time, {added:.2f} of its added time (goal 0.40)")
    box = took["sandbox, bare"]
    added_inside = (took["sandbox, witness"] - box) / (took["sandbox, strace"] - box)
    print(
        f"  witness / strace in the sandbox: {inside:.2f} of its time (goal 0.60),"
        f" {added_inside:.2f} of its added time"
    )
    print(f"  the sandbox alone is {box / took['sandbox, strace']:.2f} of strace's time in it")
    shared = took["shared, witness"] / took["shared, strace"]
    print(f"  {SHARED} runs in one sandbox, as in a grade: {shared:.2f} of strace's (goal 0.60)")


def show_heavy(title: str, command: list[str]) -> None:
    floor = str(BUILD / "bench/ptrace_floor")
    took = medians(
        {
            "bare": command,
            "witness": [*WITNESS, *LONG, "--", *command],
            "least ptrace": [floor, *command],
            "least, one CPU": [*ONE_CPU, floor, *command],
            "strace": [*STRACE, *command],
        },
        HEAVY_ROUNDS,
    )
    print(f"\n{title}")
    for name, median in took.items():
        print(f"  {name:18} {median:8.0f} ms  {median / took['bare']:6.1f} of bare")
    least = took["least, one CPU"]
    print(f"  witness / least ptrace on one CPU, as witness is: {took['witness'] / least:.2f}")


def show_clock(questions: int) -> None:
    took = medians(
        {
            "bare": program("reads_clock", questions),
            "witness": [*WITNESS, *LONG, "--", *program("reads_clock", questions)],
            "witness, as many traced calls": [
                *[*WITNESS, *LONG, "--"],
                *program("many_calls", questions),
            ],
        },
        HEAVY_ROUNDS,
    )
    print(f"\nvirtual time: {questions} questions to the clock")
    for name, median in took.items():
        print(f"  {name:30} {median:8.0f} ms  {median / took['bare']:6.1f} of bare")
    ratio = took["witness"] / took["witness, as many traced calls"]
    print(f"  a question / another traced call: {ratio:.2f}")


def show_memory() -> None:
    print("\nmost memory of witness, by the number of traced calls of the program")
    for calls in (1_000, 100_000, 1_000_000):
        peak = peak_memory_kb([*WITNESS, *LONG, "--", *program("many_calls", calls)])
        print(f"  {calls:9} calls  {peak:7} kB")


def main() -> None:
    reachable.fill()
    show_ordinary("one child, one segment", program("segment_life"))
    show_ordinary("eight children, one segment", program("slots", 8))
    show_heavy("1000 children, 100 traced calls each", program("many_children", 1000, 100))
    show_clock(100_000)
    show_memory()
