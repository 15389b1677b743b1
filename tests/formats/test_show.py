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
from grader.practice.asked import asked_of
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


@pytest.mark.parametrize("args", ["a", "1", "1 2 3", "2147483647 1", "99999999999 1", ""])
def test_a_usage_line_and_status_2_are_right_for_wrong_arguments(folder: Path, args: str) -> None:
    said = show(folder, "1", args).stdout
    assert "ended with exit status 2" in said and "✗ " not in said.replace("✗ wrong", "")
    assert "Nothing in this picture is wrong." in said


def test_wrong_arguments_that_are_taken_are_marked(folder: Path) -> None:
    source = folder / "1-fork-wait" / "fork_wait.c"
    source.write_text(re.sub(r"return 2;|EXIT_USAGE;", "return 0;", source.read_text("utf-8")))
    said = show(folder, "1", "a").stdout
    assert "✗ wrong arguments: should exit with status 2" in said


def test_a_run_that_a_check_fails_on_is_not_called_right(folder: Path) -> None:
    """The line is there, but with another word in front: no call and no number is wrong."""
    source = folder / "2-sharing" / "sharing.c"
    text = source.read_text("utf-8")
    assert 'print_line("parent"' in text
    source.write_text(text.replace('print_line("parent"', 'print_line("the parent"'))
    said = show(folder, "2").stdout
    assert "Nothing in this picture is wrong" not in said
    assert re.search(r"but \d of \d+ public checks? fails?: make check EX=2", said), said


def test_a_child_that_lives_on_and_a_wrong_number_are_marked(folder: Path) -> None:
    source = folder / "5-read-only" / "read_only.c"
    text = source.read_text("utf-8")
    assert "SHM_RDONLY" in text
    text = text.replace("SHM_RDONLY", "0").replace("WTERMSIG(status)", "status")
    source.write_text(text.replace("!WIFSIGNALED(status)", "false"))
    said = show(folder, "5").stdout
    assert "✗ not killed by its write to read-only memory" in said
    assert "✗ should print child killed by signal 11" in said


def test_what_is_wrong_in_a_command_is_marked(folder: Path) -> None:
    source = folder / "4-keeper" / "keeper.c"
    text = source.read_text("utf-8")
    body = "static int keeper_remove(key_t key)\n{"
    assert body in text
    text = text.replace(body, f"{body}\n    return segment_remove(key);")
    source.write_text(
        re.sub(r"segment_attach\(([^,]+), true\)", r"segment_attach(\1, false)", text)
    )
    said = show(folder, "4", "create 7 20; read 7; remove 7").stdout
    assert "✗ without SHM_RDONLY" in said
    assert "✗ should exit with status 0, or 1 if" in said


def test_a_call_can_be_made_to_fail(folder: Path) -> None:
    said = show(folder, "2", "--fail", "shmat").stdout
    assert said.startswith("./sharing 12 7; the grader makes shmat fail with ENOMEM")
    assert "(the grader made it fail)" in said and "ended with exit status 1" in said
    assert "Nothing in this picture is wrong." in said
    source = folder / "2-sharing" / "sharing.c"
    text = source.read_text("utf-8")
    source.write_text(text.replace('perror("sharing: shmat")', "(void)0"))
    assert "✗ reports nothing on stderr" in show(folder, "2", "--fail", "shmat").stdout


def test_a_call_that_is_never_made_can_not_fail(folder: Path) -> None:
    said = show(folder, "1", "--fail", "shmget").stdout
    assert "Nothing failed: your program never made this call (shmget)." in said


def test_another_order_can_be_asked_for(folder: Path) -> None:
    said = show(folder, "2", "--order", "child-first", "5 3").stdout
    assert said.startswith("./sharing 5 3; the parent is held until its child has ended")
    first, second = (show(folder, "6", "--order", "7", "1 2 3").stdout for _ in range(2))
    assert first.startswith("./tally 1 2 3; order 7 of its processes")
    assert re.sub(r"process \d+", "", first) == re.sub(r"process \d+", "", second)


def test_each_row_has_its_line(folder: Path) -> None:
    source = folder / "2-sharing" / "sharing.c"
    lines = source.read_text("utf-8").splitlines()
    said = " ".join(show(folder, "2").stdout.replace("│", " ").replace("║", " ").split())
    for call in ("shmget", "fork", "shmdt"):
        places = [f"(sharing.c:{n})" for n, line in enumerate(lines, 1) if f"{call}(" in line]
        assert any(place in said for place in places), (call, said)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("shmat", "shmat:ENOMEM@1"),
        ("waitpid", "wait:ECHILD@1"),
        ("shmget:EACCES@2", "shmget:EACCES@2"),
        ("child2:shmat", "child2:shmat:ENOMEM@1"),
    ],
)
def test_what_is_to_fail_is_read(text: str, asked: str) -> None:
    want = asked_of(["--fail", text])
    assert want is not None and want.fail == (asked,)


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
        (["1", "--fail"], 2, "usage"),
        (["1", "--fail", "open"], 3, "the call is one of fork shmget shmat"),
        (["1", "--fail", "shmat;x"], 3, "can't be read"),
        (["1", "--order", "seed:1 --x"], 3, "ORDER=seed:1 --x can't be read"),
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
