"""A mixed class in every shape of download: right, wrong, hostile, empty, broken.

`python3 -m tests.batch.mixed 200` grades as many in each shape and tells what came out; the test
takes a few. All shapes hold the same people and files, so all gradebooks must tell the same.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.batch import downloads
from tests.batch.conftest import BROKEN, CLASS, NO_WAIT, RIGHT, STUB
from tests.batch.downloads import Files, Person, lay, repository, saved, tarred, zipped

FORK = "1-fork-wait/fork_wait.c"
BOMB = """
#include <unistd.h>
int main(void) { for (;;) fork(); }
"""
SPY = '#include "/etc/passwd"\n.incbin "/etc/shadow"\n'
POLICY = "[checks]\nvalgrind = false\n"


def kinds(number: int) -> tuple[str, Files]:
    """What one student hands in, and what must come of it."""
    mark = f"\n/* {number} */\n".encode()
    right, wrong = RIGHT.encode() + mark, NO_WAIT.encode() + mark
    some: list[tuple[str, Files]] = [
        ("full", {"work.zip": zipped({f"lab/{FORK}": right})}),
        ("full", {"fork_wait.c": right}),
        ("part", {"work.tar.gz": tarred({FORK: wrong, "__MACOSX/._x": b"\0"})}),
        ("none", {"work.zip": zipped({FORK: STUB.encode() + mark})}),
        ("none", {"fork_wait.c": BROKEN.encode() + mark}),
        ("none", {"work.zip": zipped({FORK: right})[:-40]}),
        ("none", {"report.pdf": b"%PDF-1.7"}),
        ("none", {"work.zip": zipped({"../../evil.c": right, "/1-fork-wait/fork_wait.c": right})}),
        ("none", {"fork_wait.c": SPY.encode() + mark}),
        ("some", {"fork_wait.c": BOMB.encode() + mark}),
    ]
    return some[number % len(some)]


def people(count: int) -> list[Person]:
    return [Person("Ada", f"Lovelace{number:03}", 1000 + number) for number in range(count)]


def clones(path: Path, handed: dict[Person, Files]) -> Path:
    for person, files in handed.items():
        repository(path / f"lab-{person.login}", files)
    return path


def roster(path: Path, class_: list[Person]) -> Path:
    lines = [f"{p.number},{p.name},{p.email},{p.login},{p.login}" for p in class_]
    text = "\n".join(["id,name,email,login,github", *lines, "9,Nobody Here,n@x.org,nh,nh", ""])
    path.write_text(text, encoding="utf-8")
    return path


SHAPES: dict[str, Callable[[Path, dict[Person, Files]], Path]] = {
    "canvas": lambda path, handed: saved(path, downloads.canvas(handed)),
    "moodle": lambda path, handed: saved(path, downloads.moodle(handed)),
    "blackboard": lambda path, handed: saved(path, downloads.blackboard(handed)),
    "gradescope": lambda path, handed: saved(path, by_number(downloads.gradescope(handed))),
    "brightspace": lambda path, handed: saved(path, downloads.brightspace(handed)),
    "sakai": lambda path, handed: saved(path, downloads.sakai(handed)),
    "ilias": lambda path, handed: saved(path, downloads.ilias(handed)),
    "prairielearn": lambda path, handed: saved(path, downloads.prairielearn(handed)),
    "repositories": clones,
    "folders": lambda path, handed: lay(
        path, {f"{p.login}/{n}": d for p, files in handed.items() for n, d in files.items()}
    ),
}


def by_number(files: Files) -> Files:
    """Gradescope's ids have a zero before them here; the roster's have not."""
    return {n: d.replace(b":sid: '0", b":sid: '") for n, d in files.items()}


def gradebook(folder: Path, shape: str, count: int, *options: str) -> dict[str, dict[str, str]]:
    """The gradebook of the mixed class in one shape, graded by one command."""
    class_ = people(count)
    handed = {person: kinds(number)[1] for number, person in enumerate(class_)}
    made = SHAPES[shape](folder / shape, handed)
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    done = subprocess.run(
        [CLASS, "grade", made, "--out", folder / f"{shape}-out", "--exercise", "1", "--seed", "7",
         "--roster", roster(folder / "roster.csv", class_), "--policy", folder / "policy.toml",
         "--quiet", *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{shape}: status {done.returncode}: {done.stderr}")
    text = (folder / f"{shape}-out" / "gradebook.csv").read_text("utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def wrong_in(book: dict[str, dict[str, str]], count: int) -> list[str]:
    """What is not as it must be."""
    wrong = []
    for number, person in enumerate(people(count)):
        kind, row = kinds(number)[0], book[str(person.number)]
        points = row["final"]
        fits = {"full": points == "15", "none": points == "0", "part": 0 < float(points) < 15}
        if not fits.get(kind, float(points) < 15):
            wrong.append(f"{person.number} ({kind}) has {points}")
    if book["9"]["status"] != "not submitted" or len(book) != count + 1:
        wrong.append("who is on the roster is not who is in the gradebook")
    return wrong


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        for shape in SHAPES:
            book = gradebook(Path(name), shape, asked)
            said = wrong_in(book, asked) or ["as it must be"]
            print(f"{shape}: {dict(Counter(row['status'] for row in book.values()))}: {said}")
            sys.stdout.flush()
