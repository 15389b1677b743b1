"""Lays out a new exercise: a page, a stub, public checks, a solution and a hidden test.

All of it compiles and runs at once, and says in red what is still to be written.

Exit status: 0 laid out, 2 bad input, 3 it cannot be written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

KIT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = Path(__file__).resolve().parent / "template"
DONE, BAD_INPUT, CANNOT = 0, 2, 3
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 30

# The template's files, where each goes, and what it is.
FILES = (
    ("page.md", "assignment/{id}/README.md", "the page: what is asked, hints, common mistakes"),
    ("stub.c", "starter/{id}/{program}.c", "the stub that students begin with"),
    ("checks.txt", "starter/{id}/checks.py", "what students can have checked at home"),
    ("stub.c", "solution/{id}/{program}.c", "the solution: as yet the stub, write it first"),
    ("hidden.txt", "grader/hidden/test_{module}.py", "what is looked at, and what it is worth"),
)
NEXT = """\
Next: write solution/{id}/{program}.c, then
  make grade SUBMISSION=solution EXERCISE={number}
  make check SUBMISSION=solution EX={number}
  make rubric
All about it: grader/hidden/README.md
"""


def main(arguments: Sequence[str]) -> int:
    name = arguments[0] if len(arguments) == 1 else ""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        return _say("which name? make new-exercise NAME=relay (a-z, digits, hyphens)", BAD_INPUT)
    taken = {folder.name for folder in folders()}
    if name in {folder.partition("-")[2] for folder in taken}:
        return _say(f"there is an exercise {name} already", BAD_INPUT)
    number = 1 + max((int(folder.partition("-")[0]) for folder in taken), default=0)
    try:
        lay_out(number, name)
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}", CANNOT)
    return DONE


def folders() -> Iterator[Path]:
    """The folders of all exercises, in each of the places where one can be."""
    for place in ("assignment", "starter", "solution"):
        for path in (KIT / place).glob("[0-9]*-*"):
            if path.is_dir() and path.name.partition("-")[0].isdigit():
                yield path


def lay_out(number: int, name: str) -> None:
    """Write the files, and tell which."""
    words = {
        "id": f"{number}-{name}",
        "number": str(number),
        "program": name.replace("-", "_"),
        "title": name.replace("-", " ").capitalize(),
        "module": f"{number}_{name.replace('-', '_')}",
    }
    print(f"{words['id']} is laid out:")
    targets = [target.format(**words) for _, target, _ in FILES]
    for (source, _, what), target in zip(FILES, targets):
        text = (TEMPLATE / source).read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        path = KIT / target
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(text)
        print(f"  {target:<{max(map(len, targets))}}  {what}")
    print(NEXT.format(**words), end="")


def _say(message: str, status: int) -> int:
    """One line on stderr."""
    print(f"new-exercise: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
