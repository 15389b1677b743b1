"""A machine that refuses what witness needs: exit status 3 and one line, never facts of a program
that was not watched.
"""

from __future__ import annotations

import errno
import subprocess

import pytest

from tests.denying import denying, known_machine
from tests.witness.observed import PATIENCE, WITNESS, alone, program

GET_SYSCALL_INFO = 0x420E  # ptrace(2)
REFUSALS = [
    ("seccomp", errno.EINVAL, None, "cannot filter the system calls of programs"),
    ("seccomp", errno.ENOSYS, None, "cannot filter the system calls of programs"),
    ("seccomp", errno.EPERM, None, "--security-opt seccomp=unconfined"),
    ("ptrace", errno.EPERM, None, "--cap-add SYS_PTRACE"),
    ("ptrace", errno.ENOSYS, None, "docker run --platform linux/"),
    ("ptrace", errno.EIO, GET_SYSCALL_INFO, "Linux 5.3 or later"),
]


@known_machine
@pytest.mark.parametrize(("call", "error", "first", "told"), REFUSALS)
def test_what_is_refused_is_one_line(call: str, error: int, first: int | None, told: str) -> None:
    done = subprocess.run(
        [*alone(), WITNESS, "--", *program("copies")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=denying(call, error, first),
    )
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("witness: cannot ") and told in line
    assert ("cap-add" in line) == (call == "ptrace" and error == errno.EPERM)


@known_machine
def test_a_series_ends_at_what_is_refused() -> None:
    line = f"-- {program('copies')[0]}\n"
    done = subprocess.run(
        [*alone(), WITNESS, "--series", "-"],
        input=line * 2,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=denying("seccomp", errno.EINVAL),
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1)
