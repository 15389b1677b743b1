"""The rubric tables of the handout, made from the hidden tests:
`python3 -m grader.author.rubric --write` or `--check`.

Points and names are written once, in the decorators and docstrings of grader/hidden. A table goes
into assignment/N-name/README.md between `<!-- rubric -->` and `<!-- /rubric -->`, the list of all
exercises into assignment/README.md between `<!-- exercises -->` and `<!-- /exercises -->`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.base.handout import exists
from grader.base.kit import KIT
from grader.grading.catalogue import Entry, catalogue, section_path

LIST = KIT / "assignment" / "README.md"
BEGIN, END = "<!-- rubric -->", "<!-- /rubric -->"
LIST_BEGIN, LIST_END = "<!-- exercises -->", "<!-- /exercises -->"
TITLE = re.compile(r"^# (?P<title>.+)$", re.MULTILINE)
LEARNS = re.compile(r"^<!-- you learn: (?P<what>.+?) -->$", re.MULTILINE)


def table(entry: Entry) -> str:
    """The tests of an exercise, and the points for each."""
    rows = ["| test | points |", "| --- | ---: |"]
    rows += [f"| {sentence} | {check.points} |" for _, sentence, check in entry.tests]
    return "\n".join([*rows, f"| **total** | **{entry.points}** |"])


def overview(entries: Sequence[Entry]) -> str:
    """The table of all exercises: title and idea are those of each page."""
    rows = ["| exercise | you write | you learn | points |", "| --- | --- | --- | ---: |"]
    for entry in entries:
        page = _text(page_of(entry))
        title, idea = TITLE.search(page), LEARNS.search(page)
        link = f"[{title['title'] if title else entry.exercise.title}]"
        link += f"({entry.exercise.id}/README.md)"
        what = idea["what"] if idea else ""
        rows.append(f"| {link} | `{entry.exercise.source}` | {what} | {entry.points} |")
    return "\n".join(rows)


def with_table(page: str, rows: str, marks: tuple[str, str] = (BEGIN, END)) -> str | None:
    """The page with its table replaced, or None where there is no place for one."""
    before, begin, rest = page.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    return f"{before}{begin}\n{rows}\n{end}{after}" if begin and end else None


def page_of(entry: Entry) -> Path:
    return KIT / "assignment" / entry.exercise.id / "README.md"


def problems(entries: Sequence[Entry]) -> Iterator[str]:
    """Where the tests and the handout disagree."""
    for entry in entries:
        name = entry.exercise.id
        for short, _, check in entry.tests:
            if not exists(section_path(check.section)):
                yield f"{name}/{short}: there is no section {section_path(check.section)}"
            for need in check.needs:
                if need not in [other for other, _, _ in entry.tests]:
                    yield f"{name}/{short}: needs {need}, which is not a test of this exercise"
        page = _text(page_of(entry))
        if not LEARNS.search(page):
            yield f"{name}: its page does not say what one learns: <!-- you learn: ... -->"
        wanted = with_table(page, table(entry))
        if wanted is None:
            yield f"{name}: {page_of(entry).relative_to(KIT)} has no place for a rubric"
        elif wanted != page:
            yield f"{name}: the rubric on the page differs from the tests: make rubric"
    if with_table(_text(LIST), overview(entries), (LIST_BEGIN, LIST_END)) != _text(LIST):
        yield f"{LIST.relative_to(KIT)} does not list the exercises as they are: make rubric"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write(entries: Sequence[Entry]) -> None:
    """Put the tables into the pages that have a place for one."""
    for entry in entries:
        path = page_of(entry)
        wanted = with_table(path.read_text(encoding="utf-8"), table(entry))
        if wanted is not None:
            path.write_text(wanted, encoding="utf-8")
    listed = with_table(_text(LIST), overview(entries), (LIST_BEGIN, LIST_END))
    if listed is not None:
        LIST.write_text(listed, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python3 -m grader.author.rubric", description="The rubric tables."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the tables into the handout")
    what.add_argument("--check", action="store_true", help="exit with status 1 if they disagree")
    if parser.parse_args(arguments).write:
        write(catalogue())
    found = sorted(problems(catalogue()))
    print("\n".join(f"rubric: {problem}" for problem in found) or "rubric: pages and tests agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
