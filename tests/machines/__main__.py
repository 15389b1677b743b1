"""`make machines`: makes minimal machines of releases, and walks the README's commands on each.

Exit status: 0 nothing failed, 1 a step did, 2 bad usage, 3 this machine cannot make others, 130
interrupted.
"""

from __future__ import annotations

import argparse
import datetime
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from tests.machines import dockerfile, host, machine, table
from tests.machines.root import root_of
from tests.machines.steps import Step, parse_steps

KIT = Path(__file__).resolve().parents[2]
BUILD = KIT / "build" / "machines"
STEPS = Path(__file__).with_name("steps.txt")
RELEASES, USERS = ("bookworm", "trixie"), ("root", "sudo", "none", "student")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Students work in one release, that of their dev container, and have no kit.
STUDENT, STUDENT_STEPS = "student", ("classroom", "student", "solved", "criterion")
FAILED, BAD_USAGE, CANNOT, INTERRUPTED = 1, 2, 3, 130
# The tests need a gigabyte of packages: without WHOLE or STEPS they are run for one user.
TESTER = "root"


def main(arguments: Sequence[str] | None = None) -> int:
    steps = parse_steps(STEPS.read_text(encoding="utf-8"))
    asked = _asked(arguments, steps)
    before = [signal.signal(number, _interrupt) for number in SIGNALS]
    try:
        host.check()
        return _run(asked, steps)
    except host.Cannot as problem:
        return _tell(str(problem), CANNOT)
    except (OSError, subprocess.CalledProcessError) as problem:
        return _tell(f"a machine cannot be made: {problem}", CANNOT)
    except KeyboardInterrupt:
        return _tell("interrupted; nothing is left mounted or running", INTERRUPTED)
    finally:
        for number, handler in zip(SIGNALS, before):
            signal.signal(number, handler)


def _tell(message: str, status: int) -> int:
    print(f"machines: {message}", file=sys.stderr)
    return status


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _asked(arguments: Sequence[str] | None, steps: Sequence[Step]) -> argparse.Namespace:
    names = [step.name for step in steps]
    parser = argparse.ArgumentParser(
        prog="make machines",
        usage=(
            'make machines [RELEASES="bookworm trixie"] [USERS="root sudo none student"] '
            '[STEPS="grade check"] [WHOLE=1] [FRESH=1]'
        ),
    )
    parser.add_argument("--releases", nargs="+", default=RELEASES)
    parser.add_argument("--users", nargs="+", choices=USERS, default=USERS)
    parser.add_argument("--steps", nargs="+", choices=names, default=names)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args(arguments)


def _run(asked: argparse.Namespace, steps: Sequence[Step]) -> int:
    names = [step.name for step in steps if step.name in asked.steps]
    chosen = len(names) < len(steps)
    BUILD.mkdir(parents=True, exist_ok=True)
    machine.sweep(BUILD)
    results: dict[table.Machine, dict[str, table.Cell]] = {}
    try:
        for each in _machines(asked.releases, asked.users):
            tests = asked.whole or chosen or each.user == TESTER
            left = {} if tests else {"test": f"by default only as {TESTER}; WHOLE=1 runs all"}
            if each.user == STUDENT:
                left = {name: "no step of a student's" for name in names}
                left = {name: why for name, why in left.items() if name not in STUDENT_STEPS}
            walked = [name for name in names if name not in left]
            results[each] = _walked(each, walked, asked) if walked else {}
            for name, why in left.items():
                results[each][name] = table.Cell(table.NOT_RUN, 0, why)
    finally:
        for number in SIGNALS:  # what is left to do must be done
            signal.signal(number, signal.SIG_IGN)
        machine.sweep(BUILD)
        text = table.rendered(results, names, _head(asked.whole))
        (BUILD / "table.md").write_text(text, encoding="utf-8")
        print("\n" + text)
    print(f"this table stands in {(BUILD / 'table.md').relative_to(KIT)}")
    return FAILED if table.failed(results) else 0


def _machines(releases: Sequence[str], users: Sequence[str]) -> Iterator[table.Machine]:
    for release in releases:
        yield from (table.Machine(release, user) for user in users if user != STUDENT)
    if STUDENT in users:
        image = dockerfile.base(dockerfile.FILE.read_text(encoding="utf-8"))
        yield table.Machine(host.release_of(*image), STUDENT)


def _walked(
    each: table.Machine, names: Sequence[str], asked: argparse.Namespace
) -> dict[str, table.Cell]:
    print(f"== {each.name}", flush=True)
    try:
        fresh = asked.fresh and each.user in (asked.users[0], STUDENT)
        tar = root_of(each.release, BUILD / "roots", fresh)
        return machine.walk(each, tar, BUILD, names, asked.whole)
    except host.NotRun as problem:
        print(f"not run: {problem}", flush=True)
        return {name: table.Cell(table.NOT_RUN, 0, str(problem)) for name in names}


def _head(whole: bool) -> str:
    words = ["git", "-C", str(KIT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    tests = "all of `make test`" if whole else "`test` is a part of `make test` (part.txt)"
    return f"Commit {commit}, {datetime.date.today().isoformat()}; {tests}."


if __name__ == "__main__":
    sys.exit(main())
