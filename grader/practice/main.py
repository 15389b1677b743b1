"""The command `grader/student`: check, watch, hint, show, test. Students reach it through the
Makefile.

Exit status: 0 everything passes, 1 something is missing, 2 bad usage, 3 this machine cannot check,
130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from grader.base import console, streams
from grader.base.text import visible
from grader.practice import hints, machine, progress, show, unit_tests, watch
from grader.practice.exercises import ExerciseFolder, Problem, chosen, places
from grader.practice.trial import Outcome, check_exercise

RIGHT, MISSING, BAD_USAGE, CANNOT, INTERRUPTED = 0, 1, 2, 3, 130
USAGE = "usage: grader/student "
USAGE += "check [N] | watch [N] | hint N | show N [ARGS] [--fail CALL] [--order ORDER] | "
USAGE += "test PROGRAM [ARGS]"
MANY = 99
# and how many words may follow
COMMANDS = {"check": 1, "watch": 1, "hint": 1, "show": 6, "test": MANY}
CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def main(arguments: Sequence[str]) -> int:
    """Run the command; no traceback reaches the student."""
    command, *rest = arguments or [""]
    if command not in COMMANDS or len(rest) > COMMANDS[command]:
        return _say("check", USAGE, BAD_USAGE)
    return streams.written_out(command, _done(command, rest))


def _done(command: str, rest: Sequence[str]) -> int:
    wanted = rest[0] if rest else ""
    try:
        if command == "test":
            return _test(rest)
        every = places(Path.cwd())
        exercise = chosen(every, wanted) if wanted else None
        if command == "hint":
            return _hint(every, exercise)
        machine.build_witness()
        own_world = machine.enter_own_world()
        if command == "show":
            return _show(every, exercise, rest[1:], own_world)
        if command == "watch":
            return _watch(every, exercise, own_world)
        return _check(every, [exercise] if exercise else every, own_world)
    except Problem as problem:
        return _say(command, str(problem), CANNOT)
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    except BrokenPipeError:
        streams.silence(1)
        return CANNOT
    except console.Unwritable as problem:
        streams.silence(1)
        return _say(command, str(problem), CANNOT)
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        return _say(command, f"{what}{error.strerror or error}", CANNOT)


def _check(
    every: Sequence[ExerciseFolder], asked: Sequence[ExerciseFolder], own_world: bool
) -> int:
    outcomes = [check_exercise(place, own_world) for place in asked]
    known = progress.recorded(Path.cwd(), _counts(outcomes), every)
    paper = show.Paper(console.wants_color())
    if len(outcomes) == 1:
        console.write(show.one(outcomes[0], known, paper))
    else:
        console.write(show.every(outcomes, known, paper))
    if any(outcome.trouble for outcome in outcomes):
        return CANNOT
    return RIGHT if all(outcome.all_passed for outcome in outcomes) else MISSING


def _counts(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """How many passed and how many there are, for exercises that were started."""
    return {
        outcome.place.id: (outcome.passed, len(outcome.checks)) if outcome.started else (0, 0)
        for outcome in outcomes
        if not outcome.trouble
    }


def _watch(
    every: Sequence[ExerciseFolder], exercise: ExerciseFolder | None, own_world: bool
) -> int:
    """Check at once, and again whenever a file is saved, until Ctrl-C."""
    watched = [exercise] if exercise else list(every)
    saved = watch.saves(every)
    _check(every, watched, own_world)
    console.write(_waiting())
    for changed in saved:
        if exercise:
            changed = [exercise]
        if sys.stdout.isatty():
            console.write(CLEAR)
        fresh = places(Path.cwd())
        ids = {place.id for place in changed}
        _check(fresh, [place for place in fresh if place.id in ids], own_world)
        console.write(_waiting())
    return RIGHT


def _waiting() -> str:
    return "\nWaiting for you to save a file. Press Ctrl-C to stop.\n"


def _hint(every: Sequence[ExerciseFolder], exercise: ExerciseFolder | None) -> int:
    if exercise is None:
        return _say("hint", f"which exercise? make hint EX={every[0].number}", BAD_USAGE)
    console.write(hints.open_next(Path.cwd(), exercise))
    return RIGHT


def _test(words: Sequence[str]) -> int:
    """Run a program of unit tests. What it leaves is gone with its world."""
    if not words:
        return _say("test", USAGE, BAD_USAGE)
    machine.enter_own_world()
    return unit_tests.run_tests(words)


def _show(
    every: Sequence[ExerciseFolder],
    exercise: ExerciseFolder | None,
    words: Sequence[str],
    own_world: bool,
) -> int:
    """Draw one run."""
    if exercise is None:
        return _say("show", f"which exercise? make show EX={every[0].number}", BAD_USAGE)
    from grader.practice import asked, drawn  # a check doesn't need them, and should be quick

    want = asked.asked_of(words)
    if want is None:
        return _say("show", USAGE, BAD_USAGE)
    shown = drawn.show(exercise, want, own_world, show.Paper(console.wants_color()))
    console.write(shown.text)
    return RIGHT if shown.built else MISSING


def _say(command: str, message: str, status: int) -> int:
    """One line on stderr."""
    streams.tell(command, visible(message))
    return status
