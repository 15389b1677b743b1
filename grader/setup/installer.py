"""Installs what a purpose needs and this machine lacks; called by grader/install.

With apt-get of Debian or Ubuntu, as root or with a sudo that asks for no password. What is wished
for and cannot be had is left out, with a line that says how to have it. Prints the files that were
seen, so that the next call need only look whether they are still there.

Exit status: 0 all that is needed is there, 2 bad usage, 3 something is missing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from grader.base.kit import KIT
from grader.setup.needs import Need, broken, homeless_text, names, packages, seen, system, table

OK, USAGE, LACKING = 0, 2, 3
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600")
FOLDER = KIT / "build" / "installed"


@dataclass(frozen=True)
class Attempt:
    """How far the installing came: "" where nothing stood in the way."""

    trouble: str = ""
    log: str = ""


@dataclass(frozen=True)
class Package:
    installed: bool
    candidate: bool


def main(arguments: Sequence[str]) -> int:
    purposes = table().purposes
    if len(arguments) != 1 or arguments[0] not in purposes:
        return _say(f"usage: grader/install {'|'.join(purposes)}", USAGE)
    purpose = arguments[0]
    needed, wished = table().needed(purpose), table().wished(purpose)
    lacking = broken([*needed, *wished])
    attempt = Attempt()
    if lacking:
        with _alone():
            lacking = broken(lacking)  # who came before may have brought it
            if lacking:
                attempt = _install(lacking)
                lacking = broken(lacking)
    if any(need in needed for need in lacking):
        if attempt.log:
            print(attempt.log, file=sys.stderr)
        return _say(f"install: {_refusal(lacking, needed, attempt)}", LACKING)
    for line in _left_out(lacking, attempt):
        _say(f"install: {line}")
    for need in (*needed, *wished):
        file = seen(need)
        if file and need not in lacking:
            print(file)
    return OK


def _say(line: str, status: int = OK) -> int:
    print(line, file=sys.stderr)
    return status


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time, where two makes meet."""
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# ---- apt


NO_APT = "no apt-get"
NO_RIGHT = "no right"
FAILED = "failed"


def _install(lacking: Sequence[Need]) -> Attempt:
    """Install what there is of it. Where not all goes in together, what is needed goes first."""
    if not packages(lacking):
        return Attempt()
    if shutil.which("apt-get") is None:
        return Attempt(NO_APT)
    if not (set(packages(lacking)) - _installed(packages(lacking))):
        return Attempt()
    root = _as_root()
    if root is None:
        return Attempt(NO_RIGHT)
    updated = _apt(root, "update")
    known = _policy(packages(lacking))
    wanted = [name for name in packages(lacking) if name not in known or known[name].candidate]
    if not wanted:
        return Attempt(FAILED, updated.stdout.strip()) if updated.returncode else Attempt()
    _say(f"install: {' '.join(wanted)}")
    done = _apt_install(root, wanted)
    if done.returncode == 0:
        return Attempt()
    groups = dict.fromkeys(need.group for need in lacking)
    for group in groups:
        parts = packages(need for need in lacking if need.group == group)
        if len(groups) > 1:
            _apt_install(root, [name for name in parts if name in wanted])
    return Attempt(FAILED, done.stdout.strip())


def _as_root() -> tuple[str, ...] | None:
    """What to put before a command for it to run as root; None where we may not."""
    if os.geteuid() == 0:
        return ()
    try:
        done = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    except OSError:
        return None
    return ("sudo",) if done.returncode == 0 else None


def _apt(root: Sequence[str], *words: str) -> subprocess.CompletedProcess[str]:
    return _ended([*root, "env", "DEBIAN_FRONTEND=noninteractive", *APT, *words])


def _apt_install(root: Sequence[str], wanted: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return _apt(root, "install", "-y", "--no-install-recommends", *wanted)


def _ended(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def _installed(asked: Iterable[str]) -> set[str]:
    return {name for name, package in _policy(asked).items() if package.installed}


def _policy(asked: Iterable[str]) -> dict[str, Package]:
    """What apt knows of them; one that it has never heard of has no candidate. Empty where there
    is nothing to ask."""
    if shutil.which("apt-cache") is None:
        return {}
    known = {name: Package(False, False) for name in asked}
    said = _ended(["env", "LC_ALL=C", "apt-cache", "policy", *known]).stdout
    name = ""
    for line in said.splitlines():
        word, _, value = line.strip().partition(":")
        if not line.startswith(" "):
            name = word
        elif name in known and word in ("Installed", "Candidate"):
            there = value.strip() not in ("", "(none)")
            before = known[name]
            known[name] = Package(
                there if word == "Installed" else before.installed,
                there if word == "Candidate" else before.candidate,
            )
    return known


# ---- telling


def _refusal(lacking: Sequence[Need], needed: Sequence[Need], attempt: Attempt) -> str:
    """Why it stops, and what to do: one line."""
    those = [need for need in lacking if need in needed]
    if attempt.trouble == NO_APT:
        brought = " ".join(packages(lacking))
        return f"these packages of Debian or Ubuntu are missing, and here is no apt-get: {brought}"
    if attempt.trouble == FAILED:
        return "apt-get failed; what it said stands above"
    to_ask_for = _available(lacking, attempt)
    if attempt.trouble == NO_RIGHT and set(to_ask_for) & set(packages(those)):
        return f"please run: {_command(to_ask_for)}"
    installed = _installed(packages(those))
    homeless = [need for need in those if not set(need.packages_on(system())) & installed]
    if homeless:
        return f"needed, and {homeless_text(homeless)}"
    return f"installed, and does not work: {names(those)}"


def _left_out(lacking: Sequence[Need], attempt: Attempt) -> Iterator[str]:
    """One line for all that a command brings, and one for each group that none does."""
    groups = dict.fromkeys(need.group for need in lacking)
    to_ask_for = _available(lacking, attempt)
    installable = set(to_ask_for)
    rest = []
    for group in groups:
        parts = [need for need in lacking if need.group == group]
        what = table().groups[group].left_out
        homeless = [need for need in parts if not set(need.packages_on(system())) & installable]
        if not homeless:
            rest.append(what)
        elif set(packages(parts)) & _installed(packages(parts)):
            yield f"left out: {what}: installed, and does not work: {names(parts)}"
        else:
            yield f"left out: {what}: {homeless_text(homeless)}"
    if rest and attempt.trouble == NO_APT:
        yield f"left out: {', '.join(rest)}: these are packages of Debian: {' '.join(to_ask_for)}"
    elif rest:
        yield f"left out: {', '.join(rest)}: {_command(to_ask_for)}"


def _available(lacking: Sequence[Need], attempt: Attempt) -> list[str]:
    """The packages that can be asked for here."""
    known = _policy(packages(lacking))
    new = [name for name in packages(lacking) if name not in known or not known[name].installed]
    there = [name for name in new if name in known and known[name].candidate]
    if attempt.trouble in (NO_APT, NO_RIGHT):
        return there or new  # where apt knows of none, it may have no lists yet
    return there


def _command(wanted: Sequence[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(wanted)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
