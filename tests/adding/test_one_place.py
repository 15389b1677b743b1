"""Adding a format, a platform for a class, a diagnosis, and changing what a check is worth: each
takes one file, row or number, and all that tells of it follows.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from grader.grading.catalogue import catalogue
from tests.batch.conftest import NO_WAIT, RIGHT, STUB, lay
from tests.batch.downloads import saved
from tests.classroom.conftest import KIT, plain_environment
from tests.classroom.test_new_exercise import Make, changed, git

SOURCE = "1-fork-wait/fork_wait.c"
HERE = Path(__file__).parent

FOR_A_SYSTEM = '''"""A system that reads one number."""

from grader.report.model import Report

FILE: str | None = "number.txt"
SCORED = True
PRINTED = False


def render(report: Report) -> str:
    return f"{report.score}\\n"
'''
FOR_PEOPLE = '''"""The exercises that are done, and nothing else."""

from grader.report.model import Report

FILE: str | None = "done.txt"


def render(report: Report) -> str:
    return "".join(f"{e.id}\\n" for e in report.exercises if e.score == e.max_score)
'''


def command(kit: Path, name: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [kit / "grader" / name, *map(str, words)],
        cwd=kit,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def graded(kit: Path, *words: object) -> dict[str, Any]:
    """The report of exercise 1 of a submission."""
    done = command(kit, "grade", *words, "--exercise", 1, "--seed", 7)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads((kit / "results" / "report.json").read_bytes())
    return report


# ---- a format


def test_a_format_is_one_file(kit: Path) -> None:
    files = {
        "grader/formats/platforms/number.py": FOR_A_SYSTEM,
        "grader/formats/done.py": FOR_PEOPLE,
    }
    lay(kit, files)
    assert changed(kit) == {*files}
    assert "number" in command(kit, "grade", "--help").stdout
    report = graded(kit, "solution", "--format", "number")
    results = kit / "results"
    assert (results / "number.txt").read_text(encoding="utf-8") == f"{report['score']}\n"
    assert (results / "done.txt").read_text(encoding="utf-8") == "1-fork-wait\n"


# ---- a platform


def download(path: Path) -> Path:
    ada, bob = "Ada Lovelace [101] 2026-11-20 1130", "Bob O'Neill [102] 2026-11-20 1131"
    texts = {f"{ada}/fork_wait.c": RIGHT, f"{bob}/fork_wait.c": STUB, "index.html": "<p>"}
    return saved(path, {name: text.encode() for name, text in texts.items()})


TITLES = [*("ChalkId", "Username", "Last Name", "First Name"), *("Lab Points out of 15", "Remarks")]
EXPORT = [
    TITLES,
    ["#101", "al", "Lovelace", "Ada", "", "#"],
    ["#102", "bo", "O'Neill", "Bob", "", "#"],
    ["#103", "cy", "Yilmaz", "Cem", "", "#"],
]


def test_a_platform_is_one_file_which_reads_its_download_and_fills_its_table(
    kit: Path, tmp_path: Path
) -> None:
    file = "grader/batch/lms/chalk.py"
    shutil.copy(HERE / "chalk.py", kit / file)
    assert changed(kit) == {file}
    export = tmp_path / "export.csv"
    with open(export, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(EXPORT)
    out = tmp_path / "out"
    done = command(
        kit, "class", "grade", download(tmp_path / "lab.zip"), "--roster", export, "--out", out,
        "--exercise", 1, "--seed", 7, "--policy", fast(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "a download of Chalk: 2 submissions, 3 students" in done.stdout
    with open(out / "gradebook.csv", encoding="utf-8", newline="") as stream:
        rows = {row["student"]: row for row in csv.DictReader(stream)}
    assert {key: row["status"] for key, row in rows.items()} == {
        "101": "graded",
        "102": "graded",
        "103": "not submitted",
    }
    assert rows["101"]["submitted"].startswith("2026-11-20")
    with open(out / "chalk.csv", encoding="utf-8", newline="") as stream:
        filled = list(csv.reader(stream))
    points = [rows["101"]["final"], rows["102"]["final"], ""]
    assert filled == [TITLES, *([*r[:4], p, r[5]] for r, p in zip(EXPORT[1:], points))]
    assert "Chalk, Canvas, Moodle, Brightspace or Blackboard" in " ".join(
        command(kit, "class", "grade", "--help").stdout.split()
    )


def fast(folder: Path) -> Path:
    return lay(folder, {"fast.toml": "[checks]\nvalgrind = false\n"}) / "fast.toml"


# ---- a diagnosis


def test_a_diagnosis_is_one_row(kit: Path, tmp_path: Path) -> None:
    rules = kit / "grader" / "diagnose" / "rules.py"
    text = rules.read_text(encoding="utf-8")
    row = re.search(r"^    Rule\(\s+Mistake\(\"never-waited\".*?^    \),\n", text, re.M | re.S)
    assert row, "the row to begin with"
    concept = "A parent stays until its child is done."
    new = re.sub(r'"never-waited",\s+"[^"]*"', f'"left-alone", "{concept}"', row[0])
    rules.write_text(text.replace(row[0], new + row[0]), encoding="utf-8")
    assert changed(kit) == {"grader/diagnose/rules.py"}

    submission = lay(tmp_path / "bob", {SOURCE: NO_WAIT})
    (exercise,) = graded(kit, submission)["exercises"]
    (found,) = exercise["diagnoses"]
    assert found["id"] == "left-alone" and "1-fork-wait/parent_waits" in found["tests"]
    assert any(line["wrong"] for line in found["picture"]["rows"])
    assert "fork_wait.c:" in found["place"]  # the call that the row names
    page = (kit / "results" / "report.html").read_text(encoding="utf-8")
    assert found["text"] in page and concept not in page
    (exercise,) = graded(kit, submission, "--openness", "concept")["exercises"]
    assert concept in {said["text"] for said in exercise["diagnoses"]}


# ---- the points of a check


def test_the_points_of_a_check_are_one_number_and_make_rubric(kit: Path, make: Make) -> None:
    entry = catalogue()[0]
    name, sentence, check = entry.tests[0]
    more = 3
    test = Path(entry.file).relative_to(KIT).as_posix()
    text = (kit / test).read_text(encoding="utf-8")
    before, decorator, after = text.partition(f"@check(\n    points={check.points},")
    assert f"def test_{name}(" in after.partition("@check")[0]
    worth = decorator.replace(str(check.points), str(check.points + more))
    (kit / test).write_text(before + worth + after, encoding="utf-8")

    assert "the rubric on the page differs from the tests" in rubric(kit, "--check", status=1)
    assert make("rubric").returncode == 0
    assert rubric(kit, "--check") == "rubric: pages and tests agree\n"
    page, listed = f"assignment/{entry.exercise.id}/README.md", "assignment/README.md"
    assert changed(kit) == {test, page, listed}
    assert lines(kit, page) == {
        f"-| {sentence} | {check.points} |",
        f"+| {sentence} | {check.points + more} |",
        f"-| **total** | **{entry.points}** |",
        f"+| **total** | **{entry.points + more}** |",
    }
    assert {line[0] + line.split("|")[-2] for line in lines(kit, listed)} == {
        f"- {entry.points} ",
        f"+ {entry.points + more} ",
    }
    report = graded(kit, "solution")
    assert report["score"] == report["max_score"] == entry.points + more


def rubric(kit: Path, option: str, status: int = 0) -> str:
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "grader.author.rubric", option],
        cwd=kit,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def lines(kit: Path, page: str) -> set[str]:
    """The lines of a page that changed."""
    told = git(kit, "diff", "--unified=0", page).splitlines()
    return {line for line in told if line[:1] in "+-" and line[:3] not in ("+++", "---")}


# ---- an exercise, as a class hands it in


def test_the_folder_of_an_added_exercise_is_no_student(kit: Path, make: Make) -> None:
    one = kit / "build" / "one"
    lay(one, {"7-hand-over/hand_over.c": "int one;\n", "notes.txt": ""})
    done = command(
        kit, "class", "grade", one, "--out", kit / "build" / "out", "--policy", fast(one)
    )
    assert done.returncode == 0 and "1 submissions" in done.stdout  # a student of this name
    assert make("new-exercise", "NAME=hand-over").returncode == 0
    done = command(kit, "class", "grade", one, "--out", kit / "build" / "out2")
    assert (done.returncode, done.stderr) == (2, f"class: {one} holds no submissions\n")
