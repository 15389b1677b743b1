"""grader/grade as a person or a script calls it: exit status, one clear line, whole results."""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.harness.conftest import ALL_POINTS, GRADE, KIT, Grade, Graded, copy_sources
from tests.patience import patient

SCHEMA = json.loads((KIT / "grader" / "report" / "report.schema.json").read_text("utf-8"))


def line_of(graded: Graded, status: int) -> str:
    """The one line on stderr of a call that ends with this status."""
    assert graded.status == status, graded.stderr
    (line,) = graded.stderr.splitlines()
    assert line.startswith("grade: ")
    return line.removeprefix("grade: ")


# ---- what a grade gives


def test_the_solution_has_all_points_in_every_format(submission: Path, grade: Grade) -> None:
    graded = grade(submission)
    assert graded.status == 0 and graded.stderr == ""
    assert ALL_POINTS in graded.stdout
    report = graded.report
    jsonschema.validate(report, SCHEMA)
    assert report["score"] == report["max_score"] == 100 and report["complete"]
    assert report["isolation"] == "namespaces"
    assert ALL_POINTS in (graded.out / "report.md").read_text("utf-8")
    cases = ElementTree.parse(graded.out / "report.xml").getroot().findall(".//testcase")
    assert len(cases) == sum(len(exercise["tests"]) for exercise in report["exercises"])
    assert sorted(os.listdir(graded.out)) == [
        "report.html",
        "report.json",
        "report.md",
        "report.xml",
    ]


def test_the_untouched_starter_has_none_and_says_what_to_do(grade: Grade) -> None:
    graded = grade(KIT / "starter")
    assert graded.status == 0
    assert graded.report["score"] == 0
    jsonschema.validate(graded.report, SCHEMA)
    for exercise in graded.report["exercises"]:
        assert {test["verdict"] for test in exercise["tests"]} == {"not-reached"}
    assert "EXERCISE=1" in graded.stdout


def test_the_same_seed_draws_the_same_inputs_alone_and_with_all(
    submission: Path, grade: Grade, tmp_path: Path
) -> None:
    alone = grade(submission, "--exercise", 1, "--seed", 7, "--view", "ta")
    named = grade(submission, "--exercise", "1-fork-wait", "--seed", 7, "--view", "ta")
    other = grade(submission, "--exercise", 1, "--seed", 8, "--view", "ta", out=tmp_path / "8")
    assert alone.exercise["commands"] == named.exercise["commands"]
    assert alone.exercise["commands"] != other.exercise["commands"]
    assert alone.report["seed"] == 7


def test_the_tas_report_repeats_a_grade_and_a_students_does_not(
    submission: Path, grade: Grade, tmp_path: Path
) -> None:
    first = grade(submission, "--exercise", 1, "--view", "ta", "--format", "gradescope")
    whole = f"{first.report['seed']}.{first.report['seed_secret']}"
    assert whole in first.stdout
    again = grade(submission, "--exercise", 1, "--seed", whole, "--view", "ta", out=tmp_path / "2")
    assert again.exercise["commands"] == first.exercise["commands"]
    words = [submission, "--exercise", 1, "--view", "ta", "--seed", first.report["seed"]]
    number = grade(*words, out=tmp_path / "3")
    assert number.exercise["commands"] != first.exercise["commands"]
    assert "seed_secret" not in number.report  # that number alone decides

    out = tmp_path / "student"
    more = ["--format", "gradescope", "--format", "summary", "--format", "annotations"]
    seen = grade(submission, "--exercise", 1, "--seed", whole, *more, out=out)
    secret = first.report["seed_secret"]
    assert seen.report["seed"] == first.report["seed"]
    assert secret not in seen.stdout + seen.stderr
    for file in out.iterdir():
        assert secret not in file.read_text("utf-8"), file.name


def test_each_run_begins_in_a_fresh_folder(submission: Path, grade: Grade) -> None:
    source = submission / "1-fork-wait" / "fork_wait.c"
    log = 'if (fopen("fork_wait.log", "wx") == NULL) return 1;'
    text = source.read_text("utf-8")
    begin = "pid_t child = fork();"
    assert begin in text
    source.write_text(text.replace(begin, f"{log}\n    {begin}"), "utf-8")
    assert grade(submission, "--exercise", 1).report["score"] == 15


def test_min_score_decides_between_0_and_1(grade: Grade, submission: Path) -> None:
    assert grade(submission, "--exercise", 1, "--min-score", 15).status == 0
    assert grade(KIT / "starter", "--exercise", 1, "--min-score", 1).status == 1
    assert grade(KIT / "starter", "--exercise", 1, "--min-score", 0).status == 0


def test_a_submission_is_found_relative_to_the_current_folder(
    submission: Path, grade: Grade
) -> None:
    graded = grade(submission.name, "--exercise", 1, cwd=submission.parent)
    assert graded.report["score"] == 15


def test_the_current_folder_and_the_environment_take_no_part(
    submission: Path, grade: Grade, tmp_path: Path
) -> None:
    for name in ("conftest.py", "sitecustomize.py", "pytest.py", "json.py", "rich.py"):
        (submission / name).write_text("raise SystemExit(42)\n")
    (submission / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    environment = {"PYTHONPATH": str(submission), "PYTEST_ADDOPTS": "--no-such-option"}
    graded = grade(submission, "--exercise", 1, cwd=submission, env=environment)
    assert graded.status == 0 and graded.report["score"] == 15


def test_help_is_told(grade: Grade) -> None:
    graded = grade("--help")
    assert graded.status == 0 and "Exit status" in graded.stdout


def test_no_colour_is_sent_to_a_file(submission: Path, grade: Grade) -> None:
    assert "\x1b" not in grade(submission, "--exercise", 1).stdout


# ---- bad input: exit status 2 and one line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-folder"], "there is no folder no-such-folder"),
        ([KIT / "Makefile"], "is a file"),
        ([KIT / "grader"], "contains no exercise"),
        ([KIT], "name that folder"),
        (["a\nb"], r"there is no folder a\nb"),
        (["--exercise", 99, KIT / "starter"], "there is no exercise '99'"),
        (["--seed", "x", KIT / "starter"], "--seed"),
        (["--seed", -1, KIT / "starter"], "--seed"),
        (["--jobs", 0, KIT / "starter"], "--jobs"),
        (["--isolation", "none", KIT / "starter"], "--isolation"),
        (["--no-such-option", KIT / "starter"], "no-such-option"),
        ([], "SUBMISSION"),
    ],
)
def test_bad_input_is_one_line(arguments: list[object], told: str, grade: Grade) -> None:
    assert told in line_of(grade(*arguments), 2)


def test_an_empty_folder_is_bad_input(tmp_path: Path, grade: Grade) -> None:
    (tmp_path / "empty").mkdir()
    assert "is empty" in line_of(grade(tmp_path / "empty"), 2)


def test_a_results_path_that_is_a_file_is_bad_input(
    submission: Path, grade: Grade, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in line_of(grade(submission, out=tmp_path / "file"), 2)
    assert "cannot be made" in line_of(grade(submission, out=tmp_path / "file" / "below"), 2)


# ---- bad files: a report that says it, for that exercise alone


@pytest.fixture
def spoilt(submission: Path) -> Path:
    """The first exercise's file, to be replaced; the rest of the submission is the solution."""
    file = submission / "1-fork-wait" / "fork_wait.c"
    file.unlink()
    return file


def told_of(graded: Graded) -> str:
    """All that the report of the only exercise says, where nothing could be tested."""
    assert graded.status == 0
    assert graded.report["score"] == 0 and graded.report["complete"]
    assert {test["verdict"] for test in graded.exercise["tests"]} == {"not-reached"}
    return graded.stdout


def test_a_missing_file_is_told(spoilt: Path, grade: Grade) -> None:
    shown = told_of(grade(spoilt.parent.parent, "--exercise", 1))
    assert "fork_wait.c is missing" in " ".join(shown.split())


def test_a_file_that_does_not_compile_costs_its_exercise_alone(spoilt: Path, grade: Grade) -> None:
    spoilt.write_text("int main(void) { return x; }\n")
    graded = grade(spoilt.parent.parent)
    scores = {exercise["id"]: exercise["score"] for exercise in graded.report["exercises"]}
    assert scores.pop("1-fork-wait") == 0
    assert sum(scores.values()) == 85
    assert "fork_wait.c:1" in graded.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (os.urandom(5000) + b"\0", "a text file"),
        ("int main(void) { }".encode("utf-16"), "UTF-16"),
        (b"", "is empty"),
        (b" " * (2 * 1024 * 1024), "2 MB"),
    ],
    ids=["junk", "UTF-16", "empty", "large"],
)
def test_a_file_that_is_no_source_is_told(
    content: bytes, told: str, spoilt: Path, grade: Grade
) -> None:
    spoilt.write_bytes(content)
    assert told in told_of(grade(spoilt.parent.parent, "--exercise", 1))


def test_a_link_to_the_solution_earns_nothing(spoilt: Path, grade: Grade) -> None:
    spoilt.symlink_to(KIT / "solution" / "1-fork-wait" / "fork_wait.c")
    assert "symbolic link" in told_of(grade(spoilt.parent.parent, "--exercise", 1))


def test_a_fifo_is_told(spoilt: Path, grade: Grade) -> None:
    os.mkfifo(spoilt)
    assert "FIFO" in told_of(grade(spoilt.parent.parent, "--exercise", 1))


def test_windows_line_ends_cost_nothing(submission: Path, grade: Grade) -> None:
    file = submission / "1-fork-wait" / "fork_wait.c"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert grade(submission, "--exercise", 1).report["score"] == 15


def test_strange_names_beside_are_notes(submission: Path, grade: Grade) -> None:
    for name in ("a b.c", "new\nline.c", "$(touch x).c", "-o.c", "@file.c", "\x1b[2J.h"):
        (submission / "1-fork-wait" / name).write_text("int unused_here;\n")
    graded = grade(submission, "--exercise", 1)
    assert graded.report["score"] == 15
    assert r"new\nline.c" in graded.stdout and "\x1b" not in graded.stdout


def test_a_read_only_submission_is_graded_and_stays_as_it_was(
    submission: Path, grade: Grade
) -> None:
    folder = submission / "1-fork-wait"
    before = sorted(os.listdir(folder))
    for path in (folder / "fork_wait.c", folder, submission):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert grade(submission, "--exercise", 1).report["score"] == 15
        assert sorted(os.listdir(folder)) == before
    finally:
        for path in (submission, folder):
            path.chmod(0o755)


def test_a_makefile_and_a_program_of_the_students_are_not_used(
    submission: Path, grade: Grade
) -> None:
    trap = f"$(shell touch {submission}/trapped)\nall:\n\ttouch {submission}/trapped\n"
    for name in ("Makefile", "GNUmakefile", "1-fork-wait/Makefile"):
        (submission / name).write_text(trap)
    (submission / "fork_wait").write_text("#!/bin/sh\necho child: 19\n")
    assert grade(submission, "--exercise", 1).report["score"] == 15
    assert not (submission / "trapped").exists()


# ---- machines that cannot grade: exit status 3 and one line


def test_a_level_of_isolation_that_is_not_there_is_told(submission: Path, grade: Grade) -> None:
    assert "isolation" in line_of(grade(submission, "--isolation", "strict"), 2)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system without room."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a file system that is full")
    (folder / "filling").write_bytes(b"x" * 4096)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_after_the_report_was_shown(
    full_disk: Path, submission: Path, grade: Grade
) -> None:
    graded = grade(submission, "--exercise", 1, out=full_disk)
    assert "No space left on device" in line_of(graded, 3)
    assert "15 / 15" in graded.stdout
    assert os.listdir(full_disk) == ["filling"]


# ---- interrupted


def descendants_of(session: int) -> list[str]:
    """The processes of a session that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(folder.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_grade_leaves_nothing(tmp_path: Path, number: int) -> None:
    # The program tells that it runs by never ending: its exercise can only be interrupted.
    submission = copy_sources("solution", tmp_path / "submission")
    endless = "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n"
    (submission / "1-fork-wait" / "fork_wait.c").write_text(endless)
    out = tmp_path / "results"
    with subprocess.Popen(
        [GRADE, submission, "--exercise", "1", "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as process:
        while not any("fork_wait" in name for name in _commands(process.pid)):
            assert process.poll() is None
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=patient(60))
        assert process.returncode == 130
        assert stdout == "" and stderr == "grade: interrupted, nothing was written\n"
        assert descendants_of(process.pid) == []
    assert os.listdir(out) == []


def _commands(session: int) -> list[str]:
    found = []
    for pid in descendants_of(session):
        try:
            found.append(Path("/proc", pid, "cmdline").read_text())
        except OSError:
            continue
    return found
