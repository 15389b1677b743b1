"""The command `grader/grade`: grade one submission, print the report, write it.

Exit status: 0 graded, 1 graded and below --min-score, 2 bad input, 3 this machine cannot grade,
130 interrupted.
"""

import argparse
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from grader import formats, sandbox
from grader.base import console, trouble
from grader.base.exercise import ids
from grader.base.kit import kit_version
from grader.cli.atomic_write import make_folder, write_whole
from grader.cli.exit_status import CANNOT, ended, tell
from grader.cli.not_before import moment, withheld
from grader.cli.requirements import check_machine, witness_file
from grader.grading.intake import BadInput
from grader.grading.random_values import Seed
from grader.sandbox import LEVELS, ladder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.grading.catalogue import Entry
    from grader.report.model import Report

GRADED, BELOW = 0, 1
FAULT_LENGTH = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade, and say with the exit status how it went."""
    return ended("grade", lambda: _grade(_options(arguments)), "interrupted, nothing was written")


def _grade(options: argparse.Namespace) -> int:
    out = Path(options.out)
    seed = Seed.new() if options.seed is None else options.seed
    check_machine(options.isolation)
    executable = witness_file()

    # From here on the probe runs beside the imports and the reading.
    witness = sandbox.Held(executable.read_bytes(), "witness")
    with ladder.Search(options.isolation, witness, [Path(options.submission), out]) as search:
        from grader.grading.catalogue import catalogue
        from grader.grading.grade_exercise import Task
        from grader.grading.intake import open_submission, read_exercise

        entries = chosen(catalogue(), options.exercise)
        every = [entry.exercise for entry in catalogue()]
        folder = open_submission(options.submission, every)
        make_folder(out)
        reason = withheld(options.not_before, datetime.now().astimezone())
        number = seed.number
        tasks = [
            Task(e, read_exercise(folder, e.exercise), number, witness, None, reason, seed.secret)
            for e in entries
        ]
        os.close(folder)
        import grader.grading.pytest_plugin  # noqa: F401  (pytest, once for all workers)

        level = search.finish()
    from grader.base.text import cut
    from grader.formats import terminal
    from grader.formats.redact import shown
    from grader.grading.workers import grade_all
    from grader.report.model import Report

    results = grade_all(tasks, options.jobs, meanwhile=formats.prepare)
    report = Report(
        submission=options.submission,
        kit=kit_version(),
        isolation=level,
        seed=seed.number,
        secret=seed.secret,
        view=options.view,
        openness=options.openness,
        exercises=tuple(results),
        notes=(f"The score does not count yet: {reason}.",) if reason else (),
        out=options.out,
    )
    unwritten: Exception | None = None
    try:
        console.write(terminal.render(shown(report), color=console.wants_color()))
    except (console.Unwritable, BrokenPipeError) as problem:
        unwritten = problem  # nobody reads on; the report is written all the same
    _write_all(report, out, options.format)
    if unwritten:
        raise unwritten
    console.write("".join(_printed(report, options.format)))
    if not report.complete:
        faulty = [exercise for exercise in shown(report).exercises if exercise.fault is not None]
        named = ", ".join(exercise.id for exercise in faulty)
        reason = cut(faulty[0].fault or "", FAULT_LENGTH)
        return tell("grade", f"not graded: {named}: {reason}", CANNOT)
    score = report.score or 0
    return BELOW if options.min_score is not None and score < options.min_score else GRADED


# ---- the command line


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message} (grader/grade --help shows how to call it)")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="grader/grade",
        description="Grade a submission: build it, run the hidden tests, write the report.",
        epilog="Exit status: 0 graded, 1 graded and below --min-score, 2 bad input,"
        " 3 this machine cannot grade, 130 interrupted.",
    )
    parser.add_argument(
        "submission",
        metavar="SUBMISSION",
        help=f"the folder that contains {', '.join(ids()[:2])} and so on",
    )
    parser.add_argument(
        "--exercise", metavar="N", help=f"grade only this exercise (1, or {ids()[0]})"
    )
    parser.add_argument("--out", metavar="DIR", default="results", help="where to write the report")
    parser.add_argument("--isolation", choices=LEVELS, help="insist on this isolation level")
    parser.add_argument(
        "--seed",
        type=whole_seed,
        metavar="N",
        help="use the same random values as that run: its number, with .SECRET if the TA's report"
        " shows one; whoever knows a number that was given alone can know the values",
    )
    parser.add_argument(
        "--not-before",
        type=moment,
        metavar="TIME",
        help="run no hidden test before this moment (2027-01-15T12:00)",
    )
    parser.add_argument(
        "--min-score", type=int, metavar="N", help="exit with status 1 if the score is below N"
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        default=len(os.sched_getaffinity(0)),
        help="exercises to grade at a time (default: the number of processors)",
    )
    parser.add_argument(
        "--view", choices=("student", "ta"), default="student", help="whose report (student)"
    )
    parser.add_argument(
        "--openness",
        choices=("evidence", "concept", "points"),
        default="evidence",
        help="how much of a hidden test a student sees (evidence); the TA's view shows all",
    )
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        choices=formats.for_systems(),
        help="also write what this system reads; repeatable",
    )
    parser.add_argument(trouble.OPTION, action="store_true", help=trouble.HELP)  # taken by then
    return parser.parse_args(arguments)


def whole_seed(text: str) -> Seed:
    try:
        return Seed.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "a seed is a number from 0 on, or one with its secret half as a TA's report shows it"
        ) from None


def seed_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("a seed is not negative")
    return number


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def chosen(entries: "Sequence[Entry]", wanted: str | None) -> "list[Entry]":
    """The exercises to grade: all, or the one that is asked for by number or name."""
    if wanted is None:
        return list(entries)
    for entry in entries:
        if wanted in (entry.exercise.id, entry.exercise.id.partition("-")[0]):
            return [entry]
    names = ", ".join(entry.exercise.id for entry in entries)
    raise BadInput(f"there is no exercise {wanted!r}; there are: {names}")


# ---- the results


def _printed(report: "Report", wanted: "Sequence[str]") -> "Iterator[str]":
    """What is asked for to stand at the end of stdout, in the order in which it was asked."""
    for name in wanted:
        form = formats.for_system(name)
        if form.PRINTED and (report.complete or not form.SCORED):
            yield formats.render(name, report)


def _write_all(report: "Report", out: Path, wanted: "Sequence[str]" = ()) -> None:
    """Each format beside report.json, which comes last: where it is new, all are."""
    files: list[tuple[str, str]] = []
    for name in formats.names():
        form = formats.load(name)
        if form.FILE is not None:
            files.append((form.FILE, formats.render(name, report)))
    for name in wanted:
        platform = formats.for_system(name)
        if platform.FILE is None:
            continue
        if report.complete or not platform.SCORED:
            files.append((platform.FILE, formats.render(name, report)))
        else:
            (out / platform.FILE).unlink(missing_ok=True)  # an earlier score is not this one's
    for file, text in sorted(files, key=lambda entry: entry[0] == "report.json"):
        write_whole(out / file, text)
