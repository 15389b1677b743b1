"""Machines on which grading is not possible, or not as root: made with seccomp and other users."""

import ctypes
import errno
import os
import platform
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cli import requirements
from grader.sandbox import Unavailable
from grader.setup import needs
from tests.built import copy_kit
from tests.denying import denying
from tests.harness.conftest import ALL_POINTS, GRADE
from tests.harness.ordinary import not_for_root
from tests.patience import patient

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06  # BPF_LD+W+ABS, BPF_JMP+JEQ/JSET+K, BPF_RET
CLONE_NEWUSER = 0x10000000
NUMBERS = {"x86_64": {"ptrace": 101, "clone": 56}, "aarch64": {"ptrace": 117, "clone": 220}}
CALLS = NUMBERS.get(platform.machine(), {})
known_machine = pytest.mark.skipif(not CALLS, reason="the numbers of the calls are not known")


def refusing(filter_: list[tuple[int, int, int, int]]) -> Callable[[], None]:
    """What a child calls before exec, to live under this filter: see seccomp(2)."""
    program = b"".join(struct.pack("HBBI", *line) for line in filter_)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(filter_), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None)

    def apply() -> None:
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0):
            os._exit(99)
        assert buffer

    return apply


NO_NAMESPACES = [
    (LOAD, 0, 0, 0),  # the number of the call
    (EQUAL, 0, 3, CALLS.get("clone", 0)),
    (LOAD, 0, 0, 16),  # the low half of its first argument
    (SET, 0, 1, CLONE_NEWUSER),
    (RETURN, 0, 0, REFUSE),
    (RETURN, 0, 0, ALLOW),
]


def graded(
    command: list[Path | str], filter_: list[tuple[int, int, int, int]]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=refusing(filter_),
        timeout=patient(120),
    )


def line_of(
    submission: Path, tmp_path: Path, filter_: list[tuple[int, int, int, int]], *options: str
) -> str:
    out = tmp_path / "results"
    done = graded([GRADE, submission, "--exercise", "1", "--out", out, *options], filter_)
    assert done.returncode == 3 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@known_machine
def test_a_machine_that_forbids_ptrace_is_told_and_scores_nothing(
    submission: Path, tmp_path: Path
) -> None:
    no_ptrace = [
        (LOAD, 0, 0, 0),  # the number of the call
        (EQUAL, 0, 1, CALLS["ptrace"]),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    for options in ((), ("--isolation", "plain")) if os.geteuid() != 0 else ((),):
        assert "ptrace" in line_of(submission, tmp_path, no_ptrace, *options)


@known_machine
@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        ("seccomp", errno.EINVAL, "witness cannot filter the system calls of programs"),
        ("ptrace", errno.ENOSYS, "use an image for this computer's own processor"),
    ],
)
def test_a_machine_that_lacks_a_call_is_told_and_scores_nothing(
    call: str, error: int, told: str, submission: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [GRADE, submission, "--exercise", "1", "--out", tmp_path / "results"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=denying(call, error),
        timeout=patient(120),
    )
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (3, "")
    assert told in line and "cap-add" not in line and "{" not in line


@known_machine
def test_a_machine_that_forbids_namespaces_is_told_and_scores_nothing(
    submission: Path, tmp_path: Path
) -> None:
    line = line_of(submission, tmp_path, NO_NAMESPACES, "--isolation", "namespaces")
    assert "allow user namespaces" in line


@known_machine
def test_without_namespaces_root_grades_with_users(submission: Path, tmp_path: Path) -> None:
    """Where nobody else can read the kit; what does less is never taken unasked."""
    kit = copy_kit(tmp_path / "kit", "tests")
    out = tmp_path / "results"
    done = graded([kit / "grader/grade", submission, "--out", out], NO_NAMESPACES)
    if os.geteuid() == 0:
        assert done.stderr == "" and "Isolation: user" in done.stdout and done.returncode == 0
    else:
        assert done.returncode == 3 and "only root can give" in done.stderr
        assert "--isolation plain" in done.stderr


@known_machine
@not_for_root
def test_plain_is_graded_where_it_is_asked_for(submission: Path, tmp_path: Path) -> None:
    command = [GRADE, submission, "--out", tmp_path / "results", "--isolation", "plain"]
    done = graded(command, NO_NAMESPACES)
    assert done.stderr == "" and "Isolation: plain" in done.stdout
    assert ALL_POINTS in done.stdout


TABLE = """
purpose grade | grading
grading | command no-gcc | gcc libc6-dev
grading | module rich | python3-rich
"""


def needing(monkeypatch: pytest.MonkeyPatch, row: str = "") -> None:
    """The kit, of which a grade needs what is not there."""
    parsed = needs.parse(TABLE + row)
    monkeypatch.setattr(needs, "table", lambda: parsed)


def test_a_missing_command_is_told_with_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    needing(monkeypatch, "grading | command no-bwrap | bubblewrap")
    with pytest.raises(Unavailable) as caught:
        requirements.check_machine(None)
    assert str(caught.value).startswith("no-gcc, no-bwrap missing: ")
    assert str(caught.value).endswith("apt-get install gcc libc6-dev bubblewrap")


def test_a_missing_module_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    needing(monkeypatch, "grading | module no_such_module | python3-no-such-module")
    with pytest.raises(Unavailable, match="apt-get install gcc libc6-dev python3-no-such-module"):
        requirements.check_machine(None)


def test_bubblewrap_is_missed_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = needs.parse("purpose grade | g\ng | command bwrap | bubblewrap\n")
    monkeypatch.setattr(needs, "table", lambda: parsed)
    monkeypatch.setattr(requirements, "PATH", "/nowhere")
    requirements.check_machine("user")
    requirements.check_machine("plain")
    with pytest.raises(Unavailable, match="^bwrap missing: "):
        requirements.check_machine(None)


def test_a_witness_that_cannot_be_built_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Makefile").write_text("witness:\n\t@echo no compiler here >&2; exit 1\n")
    monkeypatch.setattr(requirements, "KIT", tmp_path)
    monkeypatch.setattr(requirements, "WITNESS", tmp_path / "build" / "witness")
    with pytest.raises(Unavailable, match=r"build/witness cannot be built \(make witness\)"):
        requirements.witness_file()


def test_a_missing_witness_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rule = "witness:\n\t@mkdir build; echo > build/witness; chmod +x build/witness\n"
    (tmp_path / "Makefile").write_text(rule)
    monkeypatch.setattr(requirements, "KIT", tmp_path)
    monkeypatch.setattr(requirements, "WITNESS", tmp_path / "build" / "witness")
    assert requirements.witness_file().is_file()


def test_a_witness_that_is_older_than_its_sources_is_built_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Makefile").write_text("witness:\n\t@echo new > build/witness\n")
    for folder in ("build", "grader/witness"):
        (tmp_path / folder).mkdir(parents=True)
    built, source = tmp_path / "build" / "witness", tmp_path / "grader" / "witness" / "main.c"
    built.write_text("old\n")
    built.chmod(0o755)
    source.touch()
    monkeypatch.setattr(requirements, "KIT", tmp_path)
    monkeypatch.setattr(requirements, "WITNESS", built)
    os.utime(source, ns=(0, 1))
    assert requirements.witness_file().read_text() == "old\n"
    os.utime(built, ns=(0, 0))
    assert requirements.witness_file().read_text() == "new\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_gets_the_same_score(submission: Path) -> None:
    # Below / and not in the test's folder, which is root's alone; the kit is copied for the same.
    home = Path("/tmp") / f"ordinary-user-{os.getpid()}"
    try:
        copy_kit(home / "kit", "tests")
        shutil.copytree(submission, home / "submission")
        for path in (home, *home.rglob("*")):
            os.chown(path, 12345, 12345)
        done = subprocess.run(
            [home / "kit/grader/grade", "submission"],
            cwd=home,
            user=12345,
            group=12345,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            timeout=patient(240),
        )
        assert done.stderr == "" and ALL_POINTS in done.stdout
    finally:
        shutil.rmtree(home)
