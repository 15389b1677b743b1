"""What a student may ask of `make show`: other arguments, a call that fails, another order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.facts.records import Run
from grader.practice.exercises import Problem

# The calls that can be made to fail, and the usual reason.
ERRORS = {
    "fork": "EAGAIN",
    "shmget": "ENOSPC",
    "shmat": "ENOMEM",
    "shmdt": "EINVAL",
    "shmctl": "EPERM",
    "wait": "ECHILD",
}
ALIASES = {"waitpid": "wait", "waitid": "wait"}
FAIL = re.compile(
    r"(?P<who>parent:|child[1-9]\d{0,3}:)?(?P<call>[a-z]+)(?::(?P<error>E[A-Z0-9]{1,20}))?"
    r"(?:@(?P<nth>[1-9]\d{0,3}))?"
)
ORDERS = ("parent-first", "child-first", "reverse", "one-at-a-time")
NUMBER = re.compile(r"\d{1,18}")  # of an order of the processes, as witness counts them


@dataclass(frozen=True)
class Asked:
    """How a program is to be run and shown."""

    args: str | None = None
    fail: tuple[str, ...] = ()  # as witness reads them
    order: str = "parent-first"

    @property
    def calls(self) -> tuple[str, ...]:
        """The names of the calls that are to fail."""
        return tuple(next(word for word in f.split(":") if word in ERRORS) for f in self.fail)

    def missed(self, runs: Sequence[Run]) -> str:
        """Says so if the program made no call that could fail; or ""."""
        if not self.fail or any(run.faults_met for run in runs):
            return ""
        return f"Nothing failed: your program never made this call ({', '.join(self.calls)})."


def asked_of(words: Sequence[str]) -> Asked | None:
    """[ARGS] [--fail FAIL] [--order ORDER]; None if they are used wrongly."""
    args: list[str] = []
    options = {"--fail": "", "--order": ""}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in options:
            if not rest:
                return None
            options[word] = rest.pop(0)
        else:
            args.append(word)
    if len(args) > 1:
        return None
    fail = tuple(map(_fail, options["--fail"].split()))
    return Asked(args[0] if args else None, fail, _order(options["--order"]))


def _fail(text: str) -> str:
    found = FAIL.fullmatch(text)
    call = ALIASES.get(found["call"], found["call"]) if found else ""
    if found is None or call not in ERRORS:
        raise Problem(
            f"FAIL={text} can't be read: the call is one of {' '.join(ERRORS)}, as in FAIL=shmat, "
            "FAIL=shmat:ENOMEM@2 (the second one) or FAIL=child1:shmat"
        )
    error = found["error"] or ERRORS[call]
    return f"{found['who'] or ''}{call}:{error}@{found['nth'] or 1}"


def _order(text: str) -> str:
    if NUMBER.fullmatch(text):
        return f"order:{text}"
    if text and text not in ORDERS:
        raise Problem(f"ORDER={text} can't be read: it is one of {' '.join(ORDERS)}, or a number")
    return text or ORDERS[0]
