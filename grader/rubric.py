"""The rubric tables of the handout, made from the hidden tests: `python3 -m grader.rubric --write`
or `--check`.

Points and names stand once, in the decorators and docstrings of grader/hidden. A table stands in
assignment/N-name/README.md between `<!-- rubric -->` and `<!-- /rubric -->`.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.catalogue import Entry, catalogue, section_path
from grader.sections import KIT, exists

BEGIN, END = "<!-- rubric -->", "<!-- /rubric -->"
POINTS = {
    "1-fork-wait": 15,
    "2-sharing": 20,
    "3-segment": 25,
    "4-keeper": 15,
    "5-read-only": 10,
    "6-tally": 15,
}


def table(entry: Entry) -> str:
    """What is looked at, and the points for it."""
    rows = ["| what is looked at | points |", "| --- | ---: |"]
    rows += [f"| {sentence} | {check.points} |" for _, sentence, check in entry.tests]
    return "\n".join([*rows, f"| **together** | **{entry.points}** |"])


def with_table(page: str, rows: str) -> str | None:
    """The page with its table replaced, or None where there is no place for one."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}\n{rows}\n{end}{after}" if begin and end else None


def page_of(entry: Entry) -> Path:
    return KIT / "assignment" / entry.exercise.id / "README.md"


def problems(entries: Sequence[Entry]) -> Iterator[str]:
    """Where the tests and the handout disagree."""
    for entry in entries:
        name = entry.exercise.id
        if entry.points != POINTS.get(name):
            yield f"{name}: the checks give {entry.points} points, not {POINTS.get(name)}"
        for short, _, check in entry.tests:
            if not exists(section_path(check.section)):
                yield f"{name}/{short}: there is no section {section_path(check.section)}"
            for need in check.needs:
                if need not in [other for other, _, _ in entry.tests]:
                    yield f"{name}/{short}: needs {need}, which is no check of this exercise"
        page = page_of(entry).read_text(encoding="utf-8") if page_of(entry).is_file() else ""
        wanted = with_table(page, table(entry))
        if wanted is None:
            yield f"{name}: {page_of(entry).relative_to(KIT)} has no place for a rubric"
        elif wanted != page:
            yield f"{name}: the rubric of the page is not that of the tests: make rubric"
    for name in POINTS.keys() - {entry.exercise.id for entry in entries}:
        yield f"{name}: there are no hidden tests"


def write(entries: Sequence[Entry]) -> None:
    """Put the tables into the pages that have a place for one."""
    for entry in entries:
        path = page_of(entry)
        wanted = with_table(path.read_text(encoding="utf-8"), table(entry))
        if wanted is not None:
            path.write_text(wanted, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python3 -m grader.rubric", description="The rubric tables."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the tables into the handout")
    what.add_argument("--check", action="store_true", help="end with 1 where they disagree")
    if parser.parse_args(arguments).write:
        write(catalogue())
    found = sorted(problems(catalogue()))
    print("\n".join(f"rubric: {problem}" for problem in found) or "rubric: pages and tests agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
