"""`make show`: a student's program drawn on the terminal and as a page, right or wrong."""

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from grader.base.text import visible
from grader.picture.model import Picture
from grader.picture.text import WIDTH, text
from grader.practice.drawn import examples, page_of, parsed
from grader.practice.exercises import ExerciseFolder, Problem
from tests.harness.conftest import KIT
from tests.harness.reports import pictures
from tests.patience import patient

CORPUS = KIT / "tests" / "submissions" / "wrong"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
quickly = settings(max_examples=40, deadline=None, suppress_health_check=SLOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The solution as a student's folder."""
    ignored = shutil.ignore_patterns("build", "__pycache__")
    return Path(shutil.copytree(KIT / "solution", tmp_path / "mine", ignore=ignored))


def show(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name[:4] != "MAKE"}
    return subprocess.run(
        [KIT / "grader" / "student", "show", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(120),
    )


def test_a_right_program_is_drawn_as_its_page_runs_it(folder: Path) -> None:
    done = show(folder, "2")
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.startswith("./sharing 12 7")
    order = ["shmget(24601", "attached", "puts 12", "fork", "puts 19", 'printed "child: 19"']
    order += ["has ended", 'printed "parent: 19"', "removed"]
    places = [done.stdout.index(words) for words in order]
    assert places == sorted(places)
    assert "Nothing in this picture is wrong." in done.stdout
    assert "As a page: build/show-2-sharing.html" in done.stdout
    page = (folder / "build" / "show-2-sharing.html").read_text("utf-8")
    assert "puts 19 into the segment" in page


def test_other_arguments_are_taken(folder: Path) -> None:
    assert 'printed "child: 3"' in show(folder, "1", "5 -2").stdout


def test_what_is_wrong_is_marked(folder: Path) -> None:
    shutil.copy(CORPUS / "1-no-wait" / "1-fork-wait" / "fork_wait.c", folder / "1-fork-wait")
    said = show(folder, "1").stdout
    assert "✗ printed before the parent waited" in said
    assert "✗ never waited for its child" in said
    assert "2 problems, marked with ✗." in said


def test_commands_that_follow_one_another_are_one_picture(folder: Path) -> None:
    said = show(folder, "4", 'create 7 20; write 7 "a b"; read 7').stdout
    assert 'puts "a b" into the segment' in said and 'printed "value: a b"' in said


def test_a_program_that_does_not_compile_is_told(folder: Path) -> None:
    (folder / "1-fork-wait" / "fork_wait.c").write_text("int main(void) { return x; }\n")
    done = show(folder, "1")
    assert done.returncode == 1 and "error" in done.stdout
    assert "It does not compile: nothing to draw yet." in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ([], 2, "which exercise? make show EX=1"),
        (["9"], 3, "there is no exercise '9'"),
        (["3"], 3, "3-segment has no program to run"),
        (["1", "'"], 3, "ARGS can't be read"),
        (["1", "1;" * 20], 3, "don't fit in one picture"),
        (["1", "2", "3"], 2, "usage"),
    ],
)
def test_bad_input_is_one_line(folder: Path, words: list[str], status: int, told: str) -> None:
    done = show(folder, *words)
    assert done.returncode == status
    assert told in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("exercise", "first"),
    [
        ("1-fork-wait", ["12", "7"]),
        ("2-sharing", ["12", "7"]),
        ("4-keeper", ["create", "4711", "20"]),
        ("5-read-only", ["42"]),
        ("6-tally", ["1", "2", "3"]),
    ],
)
def test_every_page_shows_how_its_program_is_run(exercise: str, first: list[str]) -> None:
    assert examples(ExerciseFolder(KIT / "starter" / exercise))[0] == first


def test_args_are_read_as_a_shell_reads_them() -> None:
    assert parsed("write 7 'a;b' ; read 7") == [["write", "7", "a;b"], ["read", "7"]]
    assert parsed(" ") == [[]]
    with pytest.raises(Problem):
        parsed('"')


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@quickly
@given(pictures())
def test_a_page_loads_nothing_and_runs_nothing(picture: Picture) -> None:
    page = page_of(picture)
    for tag, attributes in Tags(page).found:
        assert tag not in ("script", "link", "img", "iframe", "object", "base", "form")
        assert not any(name.startswith("on") or name in ("src", "href") for name in attributes)
    assert not re.search(r"url\(|@import", page.partition("</style>")[0])
    assert page == visible(page, keep="\n\u00a0")


@quickly
@given(pictures())
def test_the_terminal_shows_no_control_and_keeps_to_80_columns(picture: Picture) -> None:
    drawn = text(picture)
    assert drawn == visible(drawn, keep="\n\u00a0")
    assert all(len(line) <= WIDTH + 4 for line in drawn.split("\n"))
