"""The command `grader/grade`: grade one submission, print the report, write it.

Exit status: 0 graded, 1 graded and below --min-score, 2 bad input, 3 this machine cannot grade,
130 interrupted.
"""

import argparse
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from grader import console, interrupts, sandbox
from grader.deadline import moment, withheld
from grader.intake import BadInput
from grader.sandbox import LEVELS, Unavailable, ladder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.catalogue import Entry
    from grader.model import Report

KIT = Path(__file__).resolve().parent.parent
WITNESS = KIT / "build" / "witness"

GRADED, BELOW, BAD_INPUT, CANNOT, INTERRUPTED = 0, 1, 2, 3, 130
SEEDS = 2**32
PLATFORMS = ("annotations", "autograding", "autolab", "classroom50", "gradescope", "summary")
FAULT_LENGTH = 300

# What is needed, and the package of Debian 12 and Ubuntu 24.04 that brings it.
COMMANDS = {"gcc": "gcc libc6-dev", "bwrap": "bubblewrap", "valgrind": "valgrind"}
MODULES = {"pytest": "python3-pytest", "rich": "python3-rich", "jinja2": "python3-jinja2"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade, and say with the exit status how it went; no traceback reaches the user."""
    interrupts.listen()
    try:
        return _grade(_options(arguments))
    except BadInput as problem:
        return _say(str(problem), BAD_INPUT)
    except Unavailable as problem:
        return _say(str(problem), CANNOT)
    except KeyboardInterrupt:
        return _say("interrupted, nothing was written", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes stdout at its end
        return CANNOT
    except Exception as error:
        from grader.plugin import describe

        return _say(f"a mistake of the grader itself: {describe(error)}", CANNOT)
    finally:
        interrupts.ignore()
        sandbox.end_all()


def _grade(options: argparse.Namespace) -> int:
    out = Path(options.out)
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    check_machine(options.isolation)
    executable = witness_file()

    # From here on the probe runs beside the imports and the reading.
    witness = sandbox.Held(executable.read_bytes(), "witness")
    with ladder.Search(options.isolation, witness, [Path(options.submission), out]) as search:
        from grader.catalogue import catalogue
        from grader.exercise import Task
        from grader.intake import open_submission, read_exercise

        entries = chosen(catalogue(), options.exercise)
        every = [entry.exercise for entry in catalogue()]
        folder = open_submission(options.submission, every)
        make_folder(out)
        reason = withheld(options.not_before, datetime.now().astimezone())
        tasks = [
            Task(e, read_exercise(folder, e.exercise), seed, witness, withheld=reason)
            for e in entries
        ]
        os.close(folder)
        import grader.plugin  # noqa: F401  (pytest, once for all workers)

        level = search.finish()
    from grader import formats
    from grader.formats import terminal
    from grader.model import Report
    from grader.text import cut
    from grader.view import shown
    from grader.workers import grade_all

    results = grade_all(tasks, options.jobs, meanwhile=formats.prepare)
    report = Report(
        submission=options.submission,
        kit=kit_version(),
        isolation=level,
        seed=seed,
        view=options.view,
        openness=options.openness,
        exercises=tuple(results),
        notes=(f"The score does not count yet: {reason}.",) if reason else (),
        out=options.out,
    )
    console.write(terminal.render(shown(report), color=console.wants_color()))
    _write_all(report, out, options.format)
    console.write("".join(_printed(report, options.format)))
    if not report.complete:
        faulty = [exercise for exercise in shown(report).exercises if exercise.fault is not None]
        named = ", ".join(exercise.id for exercise in faulty)
        return _say(f"not graded: {named}: {cut(faulty[0].fault or '', FAULT_LENGTH)}", CANNOT)
    score = report.score or 0
    return BELOW if options.min_score is not None and score < options.min_score else GRADED


# ---- the command line


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message} (grader/grade --help tells how to call it)")


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
        help="the folder that holds 1-fork-wait, 2-sharing and so on",
    )
    parser.add_argument(
        "--exercise", metavar="N", help="grade this exercise alone (1, or 1-fork-wait)"
    )
    parser.add_argument(
        "--out", metavar="DIR", default="results", help="where the report is written"
    )
    parser.add_argument("--isolation", choices=LEVELS, help="insist on this level of isolation")
    parser.add_argument(
        "--seed", type=seed_number, metavar="N", help="draw the same inputs as that run"
    )
    parser.add_argument(
        "--not-before",
        type=moment,
        metavar="TIME",
        help="run no hidden test before this moment (2027-01-15T12:00)",
    )
    parser.add_argument(
        "--min-score", type=int, metavar="N", help="end with 1 where the score is lower"
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        default=len(os.sched_getaffinity(0)),
        help="exercises that are graded at a time (default: the number of processors)",
    )
    parser.add_argument(
        "--view", choices=("student", "ta"), default="student", help="whose report (student)"
    )
    parser.add_argument(
        "--openness",
        choices=("evidence", "concept", "points"),
        default="evidence",
        help="what a student is shown of a hidden test (evidence); the TA's view shows all",
    )
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        choices=PLATFORMS,
        help="also write what this system reads; may be given more than once",
    )
    return parser.parse_args(arguments)


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
    raise BadInput(f"there is no exercise {wanted!r}: there are {names}")


# ---- the machine


def check_machine(isolation: str | None) -> None:
    """Raise Unavailable where something is missing, with the command that mends it."""
    missing = [
        command
        for command in COMMANDS
        if shutil.which(command, path="/usr/bin:/bin") is None
        and not (command == "bwrap" and isolation in (sandbox.USER, sandbox.PLAIN))
    ]
    packages = [COMMANDS[command] for command in missing]
    for module, package in MODULES.items():
        if importlib.util.find_spec(module) is None:
            missing.append(module)
            packages.append(package)
    if missing:
        sudo = "" if os.geteuid() == 0 else "sudo "
        raise Unavailable(
            f"{', '.join(missing)} missing: {sudo}apt-get install {' '.join(packages)}"
        )


def witness_file() -> Path:
    """build/witness, built where it is missing or older than its sources."""
    if not os.access(WITNESS, os.X_OK) or (_is_old() and os.access(WITNESS.parent, os.W_OK)):
        if shutil.which("make") is None:
            raise Unavailable(
                f"{_shown(WITNESS)} is missing, and make to build it: apt-get install make"
            )
        done = subprocess.run(
            ["make", "-s", "-C", str(KIT), "witness"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode != 0 or not os.access(WITNESS, os.X_OK):
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1] if said else "make says nothing"
            raise Unavailable(f"{_shown(WITNESS)} cannot be built (make witness): {reason}")
    return WITNESS


def _is_old() -> bool:
    built = WITNESS.stat().st_mtime_ns
    sources = (KIT / "grader" / "witness").glob("*.[ch]")
    return any(source.stat().st_mtime_ns > built for source in sources)


def _shown(path: Path) -> str:
    return os.path.relpath(path, KIT)


def kit_version() -> str:
    """The commit of the kit, or "" where it is no clone."""
    try:
        head = (KIT / ".git" / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:12]
        name = head.removeprefix("ref: ")
        loose = KIT / ".git" / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()[:12]
        for line in (KIT / ".git" / "packed-refs").read_text(encoding="ascii").splitlines():
            if line.endswith(f" {name}"):
                return line[:12]
    except (OSError, ValueError):
        pass
    return ""


# ---- the results


def make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadInput(f"--out {out} is a file, not a folder") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(f"--out {out} cannot be made: {reason}") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise BadInput(f"--out {out} cannot be written")


def _printed(report: "Report", wanted: "Sequence[str]") -> "Iterator[str]":
    """What is asked for to stand at the end of stdout, in the order in which it was asked."""
    from grader import formats

    for name in wanted:
        form = formats.for_system(name)
        if form.PRINTED and (report.complete or not form.SCORED):
            yield formats.render(name, report)


def _write_all(report: "Report", out: Path, wanted: "Sequence[str]" = ()) -> None:
    """Each format beside report.json, which comes last: where it is new, all are."""
    from grader import formats

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


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Unavailable(f"cannot write {path}: {error.strerror}") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _say(message: str, status: int) -> int:
    """One line on stderr."""
    from grader.text import visible

    try:
        print(f"grade: {visible(message)}", file=sys.stderr)
    except OSError:
        pass
    return status
