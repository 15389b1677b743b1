"""Whether a step of a walk did what its page promises: `python3 -m tests.machines.judge STEP STATUS
LOG`, in the kit's folder. Prints one remark; exit status 0 passed, 1 failed.

It uses nothing but Python's own library, as it runs on machines where little is installed.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RIGHT = Path("solution/2-sharing/sharing.c")
SPOILT = Path("build/walk/no-semicolon/2-sharing/sharing.c")
REPORT = Path("results/report.json")
COURSE = Path("build/course")
GRADEBOOK = Path("results/class/gradebook.csv")
EXERCISES = 6


class Failed(Exception):
    """A step did not do what it should; the text says what was seen."""


@dataclass(frozen=True)
class Walked:
    """What a step left."""

    status: int
    log: str  # what it printed
    report: dict[str, Any] | None = None
    line: int = 0  # where the spoilt submission was spoilt
    files: tuple[str, ...] = ()  # what was written, of what a step is to write
    gradebook: str = ""


def judge(step: str, walked: Walked) -> str:
    """A remark on a step that passed; raises Failed."""
    if "Traceback (most recent call last)" in walked.log:
        raise Failed("a traceback: " + last_line(walked.log))
    if walked.status != 0:
        raise Failed(f"exit status {walked.status}: {reason(walked.log)}")
    return JUDGES[step](walked)


def last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing was printed"


def reason(log: str) -> str:
    """What apt says is wrong; or the last line that is not make's own word about the failure."""
    apt = [line for line in log.splitlines() if line.startswith("E: ")]
    if apt:
        return apt[0]
    lines = [line for line in log.splitlines() if not re.match(r"make(\[\d+\])?: ", line)]
    return last_line("\n".join(lines))


def _graded(score: int, of: int) -> Callable[[Walked], str]:
    """The score, in the report and on the terminal; the remark is the isolation level."""

    def judged(walked: Walked) -> str:
        report = _report(walked)
        seen = report.get("score"), report.get("max_score")
        if seen != (score, of):
            raise Failed(f"graded {seen[0]} / {seen[1]}, and not {score} / {of}")
        _contains(walked.log, f"{score} / {of}")
        return str(report.get("isolation"))

    return judged


def _report(walked: Walked) -> dict[str, Any]:
    if walked.report is None:
        raise Failed(f"no {REPORT} was written")
    if walked.report.get("complete") is not True:
        raise Failed("the report is not complete: " + last_line(walked.log))
    return walked.report


def _syntax_error(walked: Walked) -> str:
    """The compiler's message names the line; it costs this exercise and no other."""
    report = _report(walked)
    found = [each for each in report["exercises"] if each["id"] == "2-sharing"]
    place = f"sharing.c:{walked.line}: error: "
    told = [line for each in found for said in each["diagnoses"] for line in said["evidence"]]
    if not any(place in line for line in told):
        raise Failed(f"no message names {place.removesuffix(': error: ')}: {told or 'no evidence'}")
    _contains(walked.log, place)
    if report["score"] != 80:
        raise Failed(f"graded {report['score']} / 100, and not 80 / 100")
    return place.removesuffix(": error: ")


def _contains(log: str, text: str) -> str:
    if text not in log:
        raise Failed(f"the output lacks “{text}”: {last_line(log)}")
    return ""


def _a_hint(walked: Walked) -> str:
    if len(walked.log.splitlines()) < 2:
        raise Failed(f"no hint: {last_line(walked.log)}")
    return ""


def _prints(text: str) -> Callable[[Walked], str]:
    return lambda walked: _contains(walked.log, text)


def _not_started(walked: Walked) -> str:
    seen = len(re.findall(r"^ *\S \d-\S+ +not started$", walked.log, re.MULTILINE))
    if seen != EXERCISES:
        raise Failed(f"{seen} of {EXERCISES} exercises are not started: {last_line(walked.log)}")
    return ""


def _all_checks_pass(walked: Walked) -> str:
    seen = re.findall(r"(\d+) of (\d+) checks", walked.log)
    if len(seen) != EXERCISES or any(passed != every for passed, every in seen):
        told = ", ".join(f"{passed} of {every}" for passed, every in seen)
        raise Failed(f"the public checks of the solution: {told or last_line(walked.log)}")
    return f"{sum(int(passed) for passed, _ in seen)} public checks"


def _a_picture(walked: Walked) -> str:
    return _contains(walked.log, "shmget") + _contains(walked.log, "fork")


def _classroom(walked: Walked) -> str:
    wanted = ("student", "grader", "gradescope.zip", "classroom50")
    missing = [name for name in wanted if name not in walked.files]
    if missing:
        raise Failed(f"not written: {', '.join(missing)}")
    return ""


def _unit_tests(walked: Walked) -> str:
    """Criterion's own sum, after the names of what it ran."""
    found = re.search(r"Tested: (\d+) \| Passing: (\d+) \|", walked.log)
    if not found or found[1] != found[2]:
        raise Failed(found[0] if found else last_line(walked.log))
    return f"{found[1]} unit tests"


def _a_class(walked: Walked) -> str:
    """All three are graded, and she who got everything right has every point."""
    rows = {row["student"]: row for row in csv.DictReader(walked.gradebook.splitlines())}
    graded = [name for name, row in rows.items() if row["status"] == "graded"]
    if graded != ["ada", "bob", "cem"] or rows["ada"]["score"] != rows["ada"]["max_score"]:
        raise Failed(f"graded of ada, bob and cem: {', '.join(graded) or 'nobody'}")
    return f"{len(graded)} graded"


def _doctor(walked: Walked) -> str:
    found = re.search(r"^This machine grades at level (\w+)\.$", walked.log, re.MULTILINE)
    if not found:
        raise Failed(last_line(walked.log))
    return found[1]


def _tests(walked: Walked) -> str:
    summary = last_line(walked.log)
    if not re.search(r"\b\d+ passed\b", summary) or re.search(r"\b(failed|errors?)\b", summary):
        raise Failed(summary)
    return summary.strip("= ")


JUDGES: dict[str, Callable[[Walked], str]] = {
    "grade": _graded(0, 100),
    "solution": _graded(100, 100),
    "exercise": _graded(20, 20),
    "syntax-error": _syntax_error,
    "help": _prints("make grade "),
    "check-starter": _not_started,
    "check": _all_checks_pass,
    "hint": _a_hint,
    "show": _a_picture,
    "classroom": _classroom,
    "student": _not_started,
    "solved": _all_checks_pass,
    "criterion": _unit_tests,
    "batch": _a_class,
    "doctor": _doctor,
    "test": _tests,
}


def spoilt_line(right: str, spoilt: str) -> int:
    """The number of the first line that differs; 0 where none does."""
    pairs = zip(right.splitlines(), spoilt.splitlines())
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 0)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def main(arguments: Sequence[str]) -> int:
    step, status, log = arguments
    try:
        said = _read(REPORT)
        walked = Walked(
            int(status),
            _read(Path(log)).partition("\n")[2],  # the first line is the command
            json.loads(said) if said else None,
            spoilt_line(_read(RIGHT), _read(SPOILT)),
            tuple(each.name for each in COURSE.iterdir()) if COURSE.is_dir() else (),
            _read(GRADEBOOK),
        )
        print(judge(step, walked))
    except Failed as problem:
        print(" ".join(str(problem).split()))
        return 1
    except (KeyError, TypeError, ValueError) as problem:
        print(f"{REPORT} is not as it should be: {problem!r}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
