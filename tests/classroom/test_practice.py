"""The student's loop: check, watch and hint, as a student calls them."""

from __future__ import annotations

import errno
import os
import pty
import re
import secrets
import subprocess
from pathlib import Path

import pytest

from grader.base.handout import exists
from grader.practice.exercises import ExerciseFolder, places
from grader.practice.hints import hints_of
from grader.practice.trial import check_exercise
from grader.practice.watch import saves
from tests.classroom.conftest import KIT, TRY, Try, plain_environment, spoil
from tests.denying import denying, known_machine
from tests.patience import patient

EXERCISES = [place.id for place in places(KIT / "starter")]


def test_the_starter_is_told_where_to_begin(starter: Path, attempt: Try) -> None:
    said = attempt(starter, "check")
    assert said.status == 1 and not said.stderr
    assert said.stdout.count("not started") == len(EXERCISES)
    assert "Start with\nassignment/1-fork-wait" in said.stdout


def test_the_solution_holds_every_public_check(finished: Path, attempt: Try) -> None:
    said = attempt(finished, "check")
    assert said.status == 0, said.stdout
    assert "Progress   1 ✓   2 ✓   3 ✓   4 ✓   5 ✓   6 ✓" in said.stdout


# The idea that each of these submissions misses, in the words in which the grader tells it.
MISSING = {
    "1-no-wait": "The parent never waited for its child",
    "1-no-fork": "forked no child",
    "2-no-removal": "was never removed",
    "2-mmap": "segment",
    "2-plain-variable": "segment",
    "2-mode-decimal": "permission",
    "2-line-lost-by-_exit": "pipe",
    "1-exit-status-1": "exit status 1",
    "6-mode-zero": "permission",
}


@pytest.mark.parametrize("case", MISSING)
def test_a_missing_idea_is_told_with_what_happened(case: str, finished: Path, attempt: Try) -> None:
    said = attempt(spoil(finished, case), "check", case[0])
    assert said.status == 1
    assert MISSING[case] in said.stdout
    assert "Read: assignment/" in said.stdout and f"make hint EX={case[0]}" in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 80


def test_a_missing_idea_has_its_line(finished: Path, attempt: Try) -> None:
    source = spoil(finished, "2-no-removal") / "2-sharing" / "sharing.c"
    lines = source.read_text("utf-8").splitlines()
    created = next(n for n, line in enumerate(lines, 1) if "shmget(" in line)
    said = attempt(finished, "check", 2).stdout
    assert f"    Look at: 2-sharing/sharing.c:{created}\n" in said


def test_a_unit_test_that_fails_says_what_it_saw(finished: Path, attempt: Try) -> None:
    source = finished / "3-segment" / "segment.c"
    source.write_text(source.read_text().replace("IPC_EXCL", "0"))
    said = attempt(finished, "check", 3)
    assert said.status == 1
    assert "the key is taken, but segment_create did not fail" in said.stdout
    assert "Read: assignment/3-segment “segment_create”" in said.stdout


def test_keeper_is_linked_with_the_students_own_functions(finished: Path, attempt: Try) -> None:
    source = finished / "3-segment" / "segment.c"
    source.write_text(source.read_text().replace("IPC_EXCL", "0"))
    assert "✗ create again fails" in attempt(finished, "check", 4).stdout


def test_what_the_compiler_says_comes_first_and_is_short(finished: Path, attempt: Try) -> None:
    source = finished / "1-fork-wait" / "fork_wait.c"
    source.write_text(source.read_text().replace("int status", "int stauts"))
    said = attempt(finished, "check", 1)
    assert said.status == 1 and "does not compile" in said.stdout
    assert "fork_wait.c:" in said.stdout and "make: ***" not in said.stdout
    assert len(said.stdout.splitlines()) < 40


def test_a_warning_is_shown_and_stops_nothing(finished: Path, attempt: Try) -> None:
    source = finished / "1-fork-wait" / "fork_wait.c"
    source.write_text(source.read_text() + "static int idle;\n")
    said = attempt(finished, "check", 1)
    assert said.status == 0 and "idle" in said.stdout and "5 of 5 checks" in said.stdout


SECTIONS_OF = """
import sys
from pathlib import Path
from grader.practice import exercises, machine, trial
machine.enter_own_world()
folder = exercises.ExerciseFolder(Path(sys.argv[1]))
for check in trial.check_exercise(folder, own_world=True).checks:
    print(check.section)
"""


@pytest.mark.parametrize("exercise", EXERCISES)
def test_each_look_names_a_section_of_the_handout(exercise: str, finished: Path) -> None:
    told = subprocess.check_output(
        ["/usr/bin/python3", "-c", SECTIONS_OF, finished / exercise], cwd=KIT, text=True
    )
    assert told and all(exists(section) for section in told.splitlines())


RIGHT = sorted((KIT / "tests" / "submissions" / "right").glob("[0-9]-*"))


@pytest.mark.parametrize("case", RIGHT, ids=lambda path: str(path.name))
def test_a_right_program_in_another_style_holds_every_public_check(
    case: Path, finished: Path, attempt: Try
) -> None:
    said = attempt(spoil(finished, f"../right/{case.name}"), "check", case.name[0])
    assert said.status == 0, said.stdout


def test_a_key_in_use_is_named_where_segments_are_shared(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.practice.trial.keys_in_use", lambda: {24601})
    outcome = check_exercise(ExerciseFolder(finished / "2-sharing"), own_world=False)
    assert "ipcrm -M 24601" in outcome.trouble and not outcome.checks


def test_a_mistake_in_the_checks_is_told_with_its_line(finished: Path, attempt: Try) -> None:
    checks = finished / "1-fork-wait" / "checks.py"
    checks.write_text("def public_checks(program):\n    yield nonsense\n")
    said = attempt(finished, "check", 1)
    assert said.status == 3
    assert said.stderr == (
        "check: 1-fork-wait/checks.py, line 2: NameError: name 'nonsense' is not defined\n"
    )


def test_a_segment_that_is_left_behind_is_not_left_on_the_machine(
    finished: Path, attempt: Try
) -> None:
    key = str(secrets.randbelow(10**9) + 10**9)
    source = spoil(finished, "2-no-removal") / "2-sharing" / "sharing.c"
    source.write_text(source.read_text().replace("24601", key))
    assert f"shmget({key}" in attempt(finished, "check", 2).stdout
    keys = [line.split()[0] for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
    assert key not in keys


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("check", "9"), 3, "there is no exercise '9'; there are: 1-fork-wait, "),
        (("hint",), 2, "make hint EX=1"),
        (("grade",), 2, "usage: "),
        (("check", "1", "2"), 2, "usage: "),
    ],
)
def test_bad_input_is_one_line(
    words: tuple[str, ...], status: int, told: str, starter: Path, attempt: Try
) -> None:
    said = attempt(starter, *words)
    assert said.status == status and told in said.stderr
    assert len(said.stderr.splitlines()) == 1 and not said.stdout


def test_an_empty_folder_is_told(tmp_path: Path, attempt: Try) -> None:
    assert "has no exercises" in attempt(tmp_path, "check").stderr


def test_progress_forgets_what_was_edited(finished: Path, attempt: Try) -> None:
    attempt(finished, "check", 1)
    source = finished / "1-fork-wait" / "fork_wait.c"
    source.write_text(source.read_text() + "\n")
    said = attempt(finished, "check", 2).stdout
    assert "Progress   1 ✓?   2 ✓   3 –" in said
    assert "Progress   1 ✓   2 ✓   3 –" in attempt(finished, "check", 1).stdout


def test_a_spoilt_progress_file_is_begun_anew(finished: Path, attempt: Try) -> None:
    attempt(finished, "check", 1)
    (finished / "build" / "progress.json").write_text('{"1-fork-wait": 7')
    assert "Progress   1 –   2 ✓" in attempt(finished, "check", 2).stdout


@pytest.mark.parametrize("case", ["1-spins-on-variable", "1-wild-pointer", "1-fork-called-twice"])
def test_a_program_that_misbehaves_is_told_soon(case: str, finished: Path, attempt: Try) -> None:
    said = attempt(spoil(finished, case), "check", 1)
    assert said.status == 1 and "What happened" in said.stdout


def test_a_program_that_never_ends_is_stopped(finished: Path, attempt: Try) -> None:
    source = finished / "1-fork-wait" / "fork_wait.c"
    source.write_text(source.read_text().replace("\nint main(", "\nint idle;\nint main(", 1))
    text = source.read_text()
    body = text.index("{", text.index("int main("))
    source.write_text(f"{text[:body]}{{\n    for (;;)\n        idle++;\n{text[body + 1:]}")
    said = attempt(finished, "check", 1)
    assert said.status == 1 and "Your program didn't finish" in said.stdout


def test_a_folder_may_have_any_name(finished: Path, tmp_path: Path, attempt: Try) -> None:
    strange = tmp_path / "my 'lab' $(x)"
    finished.rename(strange)
    assert attempt(strange, "check", "fork_wait").status == 0


def test_a_spoilt_makefile_is_told_by_make(finished: Path, attempt: Try) -> None:
    (finished / "Makefile").write_text("all:\n    spaces, no tab\n")
    said = attempt(finished, "check", 1)
    assert said.status == 1 and "missing separator" in said.stdout


# ---- unit tests that hang


def test_unit_tests_that_hang_are_stopped_with_all_that_they_started(
    tmp_path: Path, attempt: Try
) -> None:
    program = tmp_path / "tests"
    program.write_text("#!/bin/sh\nsetsid sleep 1000 &\necho $! >worker\nwait\n")
    program.chmod(0o755)
    said = attempt(tmp_path, "test", "./tests", TEST_SECONDS="1")
    assert said.status == 3 and "test: the tests didn't end within 1 s" in said.stderr
    assert "Does each child that a test forks call exit?" in said.stderr
    worker = int((tmp_path / "worker").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.parametrize("status", [0, 1])
def test_unit_tests_that_end_keep_their_status(status: int, tmp_path: Path, attempt: Try) -> None:
    program = tmp_path / "tests"
    program.write_text(f"#!/bin/sh\necho $1\nexit {status}\n")
    program.chmod(0o755)
    said = attempt(tmp_path, "test", "./tests", "--short")
    assert (said.status, said.stdout, said.stderr) == (status, "--short\n", "")


def test_make_test_stops_a_child_that_returns_from_its_test(finished: Path, attempt: Try) -> None:
    tests = finished / "3-segment" / "test_segment.c"
    child = "#include <sys/wait.h>\n#include <unistd.h>\n"
    child += "Test(child, returns)\n{\n    if (fork() != 0)\n        wait(NULL);\n}\n"
    tests.write_text(tests.read_text("utf-8") + child)
    recipe = subprocess.check_output(
        ["make", "-s", "-n", f"TRY={TRY}", "test"], cwd=finished, env=plain_environment(), text=True
    )
    assert f"{TRY} test ./build/test_segment" in recipe
    made = ["make", "-s", "build/test_segment"]
    subprocess.run(made, cwd=finished, env=plain_environment(), check=True)
    said = attempt(finished, "test", "./build/test_segment", TEST_SECONDS="5")
    assert said.status == 3 and "one of them hangs" in said.stderr


# ---- hints


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hints_open_one_at_a_time(exercise: str, starter: Path, attempt: Try) -> None:
    page = (KIT / "assignment" / exercise / "README.md").read_text(encoding="utf-8")
    titles = [hint.title for hint in hints_of(page)]
    assert len(titles) >= 2
    for count in range(1, len(titles) + 1):
        shown = attempt(starter, "hint", exercise).stdout
        assert [title for title in titles if title in shown] == titles[:count]
    assert "That was the last one." in shown
    assert attempt(starter, "hint", exercise).stdout == shown
    assert max(map(len, shown.splitlines())) <= 80


# ---- the terminal


def on_a_terminal(folder: Path, *words: str, **environment: str) -> str:
    """What a terminal shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [TRY, *words],
        cwd=folder,
        env=plain_environment(TERM="xterm", **environment),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # a terminal whose other side is closed: pty(7)
        pass
    os.close(ours)
    process.wait()
    return shown.decode("utf-8").replace("\r\n", "\n")


def test_colour_is_for_terminals_and_says_nothing_new(finished: Path, attempt: Try) -> None:
    colored = on_a_terminal(finished, "check", "1")
    assert "\x1b[32m✓\x1b[0m" in colored
    plain = on_a_terminal(finished, "check", "1", NO_COLOR="1")
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", colored) == plain == attempt(finished, "check", 1).stdout


# ---- watch


def test_watch_checks_again_when_a_file_is_saved(finished: Path) -> None:
    process = subprocess.Popen(
        # what was started in the background ignores Ctrl-C, and so would what it starts
        ["/usr/bin/env", "--default-signal=INT", TRY, "watch", "1"],
        cwd=finished,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        first = _until_it_waits(process)
        assert "5 of 5 checks" in first
        spoil(finished, "1-no-wait")
        assert "The parent never waited for its child" in _until_it_waits(process)
        process.send_signal(2)
        assert process.wait(timeout=patient(30)) == 130
        assert process.stdout.read().strip() == ""
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_saved_during_the_first_check_counts(finished: Path) -> None:
    every = places(finished)
    saved = saves(every)
    spoil(finished, "1-no-wait")
    assert [place.id for place in next(saved)] == ["1-fork-wait"]


def _until_it_waits(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Waiting for you to save"):
            break
    return "".join(lines)


# ---- not on Linux


def machine_that_says(tmp_path: Path, system: str, release: str) -> str:
    """A PATH on which uname tells of another system."""
    programs = tmp_path / "programs"
    programs.mkdir()
    uname = programs / "uname"
    answers = f"-s) echo {system} ;;\n-r) echo {release} ;;\n-sr) echo {system} {release} ;;"
    uname.write_text(f'#!/bin/sh\ncase "$1" in\n{answers}\nesac\n')
    uname.chmod(0o755)
    return f"{programs}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("system", "release", "told"),
    [
        ("Darwin", "24.1.0", "this needs Linux, but this is Darwin"),
        ("Linux", "4.4.0-19041-Microsoft", "WSL 1 has no shared memory"),
    ],
)
def test_another_system_is_told_at_once_what_to_do(
    system: str, release: str, told: str, starter: Path, tmp_path: Path, attempt: Try
) -> None:
    path = machine_that_says(tmp_path, system, release)
    said = attempt(starter, "check", PATH=path)
    assert said.status == 3 and told in said.stderr and not said.stdout
    assert 'dev container: assignment/tools.md, "Not on Linux?"' in said.stderr
    assert len(said.stderr.splitlines()) == 1
    made = subprocess.run(
        ["make"],
        cwd=starter,
        env=plain_environment(PATH=path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 2 and not made.stdout
    assert told.lower() in made.stderr.lower() and len(made.stderr.splitlines()) == 1
    assert exists("assignment/tools.md#not-on-linux")


def test_wsl_2_is_linux(starter: Path, tmp_path: Path, attempt: Try) -> None:
    path = machine_that_says(tmp_path, "Linux", "5.15.90.1-microsoft-standard-WSL2")
    assert attempt(starter, "check", 1, PATH=path).status == 1


# ---- a folder without the given files, and a machine that lacks what a check needs


def test_a_download_without_the_makefile_is_checked(tmp_path: Path, attempt: Try) -> None:
    folder = tmp_path / "download" / "1-fork-wait"
    folder.mkdir(parents=True)
    text = (KIT / "solution" / "1-fork-wait" / "fork_wait.c").read_text(encoding="utf-8")
    (folder / "fork_wait.c").write_bytes(text.encode() + "/* für später */\n".encode("latin-1"))
    for words in (("check", 1), ("check",), ("show", 1)):
        said = attempt(folder.parent, *words)
        assert said.status == 0, said
    (folder / "fork_wait.c").write_text("int main(void) { return x; }\n")
    said = attempt(folder.parent, "check", 1)
    assert said.status == 1 and "fork_wait.c:1" in said.stdout


@pytest.mark.parametrize("name", ["fork_wait.c.txt", "FORK_WAIT.C", "Fork_Wait.c"])
@pytest.mark.parametrize("words", [("check", 1), ("check",), ("show", 1)])
def test_a_file_with_another_name_is_told(
    name: str, words: tuple[object, ...], finished: Path, tmp_path: Path, attempt: Try
) -> None:
    folder = tmp_path / "download" / "1-fork-wait"
    folder.mkdir(parents=True)
    (finished / "1-fork-wait" / "fork_wait.c").rename(folder / name)
    for where in (folder.parent, finished):
        said = attempt(where, *words)
        assert said.status == 3
        assert "rename it to fork_wait.c" in " ".join((said.stdout + said.stderr).split())
        (finished / "1-fork-wait" / name).write_text("")


@known_machine
@pytest.mark.parametrize("command", ["check", "watch", "show"])
@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        ("seccomp", errno.EINVAL, "cannot filter the system calls of programs: "),
        ("ptrace", errno.ENOSYS, "use an image for this computer's own processor"),
        ("ptrace", errno.EPERM, "--cap-add SYS_PTRACE"),
    ],
)
def test_a_machine_that_lacks_a_call_accuses_no_program(
    command: str, call: str, error: int, told: str, finished: Path
) -> None:
    done = subprocess.run(
        [TRY, command, "1"],
        cwd=finished,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=denying(call, error),
        timeout=patient(120),
    )
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{command}: this machine cannot check programs: ") and told in line


def test_a_folder_that_is_mounted_noexec_accuses_no_program(finished: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system that is noexec")
    script = f"""
mkdir noexec && mount -t tmpfs -o noexec tmpfs noexec || exit 77
cp -r Makefile [0-9]* noexec && cd noexec && exec "{TRY}" check 1
"""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        cwd=finished,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("no file system can be mounted here")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{finished}/noexec is mounted noexec" in done.stderr
    assert "mount -o remount,exec" in done.stderr
