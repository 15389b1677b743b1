"""`python3 -m tests.machines.arm64 [STEP...]`: tries the kit in an emulated machine of 64-bit Arm.

Without a step all that take minutes are tried; --list tells them. Exit status: 0 all passed, 1 one
failed or was not run, 3 the machine cannot be made here, 130 interrupted.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.machines import host
from tests.machines.arm64 import staged
from tests.machines.arm64.machine import Ended, Machine, Stuck, emulated
from tests.machines.arm64.steps import SECONDS, STEPS, USUAL, Step
from tests.machines.sources import for_release, rendered

FAILED, CANNOT, INTERRUPTED = 1, 3, 130
HERE = Path(__file__).parent
GUEST = HERE / "guest"
WORK = staged.KIT / "build" / "machines" / "arm64"
NEEDED = {
    "qemu-system-aarch64": "qemu-system-arm",
    "mmdebstrap": "mmdebstrap",
    staged.COMPILER: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
    "modprobe": "kmod",
    "cpio": "cpio",
    "mke2fs": "e2fsprogs",
}


class Refused(Exception):
    """The machine cannot be made here."""


@dataclass(frozen=True)
class Tried:
    """A step, and how it ended; None where it was not run to its end."""

    step: Step
    ended: Ended | None

    @property
    def passed(self) -> bool:
        return self.ended is not None and self.ended.status == 0

    @property
    def line(self) -> str:
        if self.ended is None:
            return f"{self.step.name:<20} not run"
        verdict = "passed" if self.passed else "FAILED"
        said = ([line for line in self.ended.printed.splitlines() if line.strip()] or [""])[-1]
        return f"{self.step.name:<20} {verdict}  {self.ended.seconds:>6} s   {said.strip()[:90]}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.machines.arm64", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "steps", nargs="*", metavar="STEP", help=f"among {', '.join(map(_name, STEPS))}"
    )
    parser.add_argument("--list", action="store_true", help="tell the steps, and run none")
    parser.add_argument("--command", action="append", default=[], help="run this there instead")
    asked = parser.parse_args()
    if asked.list:
        print(
            *(f"{step.name}{'' if step.name in USUAL else '  (hours)'}" for step in STEPS), sep="\n"
        )
        return 0
    if unknown := set(asked.steps) - set(map(_name, STEPS)):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    known = {step.name: step for step in STEPS}
    steps = [known[name] for name in asked.steps or USUAL]
    if asked.command:
        steps = [Step(f"command-{n}", f"{text}\n") for n, text in enumerate(asked.command, 1)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tried: list[Tried] = []
    status = _try(steps, tried)
    if tried:
        left = [Tried(step, None) for step in steps[len(tried) :]]
        print("", *(each.line for each in (*tried, *left)), sep="\n")
    return status


def _try(steps: Sequence[Step], tried: list[Tried]) -> int:
    """Run the steps, each of which is noted as it ends; the exit status."""
    try:
        for each in _ends(steps):
            tried.append(each)
            _say(each.line)
    except Refused as refused:
        _say(f"arm64: {refused}")
        return CANNOT
    except subprocess.CalledProcessError as failed:
        _say(f"arm64: this failed, and why stands above: {failed.cmd[0]}")
        return CANNOT
    except Stuck as stuck:
        _say(f"arm64: {stuck}; the machine's own words are in {WORK / 'console.log'}")
        return FAILED
    except KeyboardInterrupt:
        _say("arm64: interrupted, the machine is gone")
        return INTERRUPTED
    return 0 if all(each.passed for each in tried) else FAILED


def _name(step: Step) -> str:
    return step.name


def _ends(steps: Sequence[Step]) -> Iterator[Tried]:
    """Each step with its end. The machine is there as long as this goes on."""
    _check()
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another machine of this checkout is at work") from None
        _make_root()
        share = WORK / "share"
        command = emulated(WORK, staged.disk(WORK), share)
        began = time.monotonic()
        with Machine(command, share) as machine:
            machine.boot()
            _say(f"the machine is up after {time.monotonic() - began:.0f} s")
            for step in steps:
                _say(f"{step.name}: what it prints goes to {share / 'out' / step.name}")
                yield Tried(step, machine.run(step.name, step.whole, SECONDS))


def _check() -> None:
    if os.geteuid() != 0:
        raise Refused(
            "only root can unpack the packages of another system: sudo make machines ARCH=arm64"
        )
    missing = [package for name, package in NEEDED.items() if shutil.which(name) is None]
    if missing:
        raise Refused(f"please run: apt-get install {' '.join(missing)}")


def _make_root() -> None:
    """What the machine boots from, where it is not there or was made by other scripts."""
    made_by = hashlib.sha256()
    for path in [HERE / "make-root", GUEST / "init", *sorted((GUEST / "etc").iterdir())]:
        made_by.update(path.read_bytes())
    stamp = WORK / "made-by"
    if stamp.is_file() and stamp.read_text("ascii") == made_by.hexdigest():
        return
    _say("making the root: some minutes, once")
    distribution, release = host.itself()
    sources = for_release(host.sources(), release, release)
    if distribution != "debian" or not sources:
        raise Refused("this machine's sources name no archive of Debian's for arm64")
    subprocess.run(
        [HERE / "make-root", WORK, release], input=rendered(sources).encode(), check=True
    )
    stamp.write_text(made_by.hexdigest(), "ascii")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
