"""The doctor: what a machine offers, what is missing, and the command that fixes it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import sandbox
from grader.cli import doctor
from tests.built import copy_kit
from tests.denying import denying
from tests.harness.conftest import KIT
from tests.harness.test_machine import NO_NAMESPACES, known_machine, refusing
from tests.patience import patient

DOCTOR = KIT / "grader" / "doctor"


def consult(
    *command: Path | str, filter_: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command or [DOCTOR],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(120),
        preexec_fn=filter_,
        env=os.environ | environment,
    )
    assert done.stderr == ""
    return done


def under(done: subprocess.CompletedProcess[str], name: str) -> tuple[str, str]:
    """What stands behind this name, and the advice below it."""
    lines = done.stdout.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.split()[0] == name]
    below = lines[place + 1].strip()
    return lines[place][len(name) :].strip(), below if below.startswith("→") else ""


AT_PLAIN = "holds" if os.geteuid() != 0 else sandbox.ROOT_AT_PLAIN


def test_a_machine_with_namespaces_is_well() -> None:
    done = consult()
    assert done.returncode == 0
    assert "namespaces   holds" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "This machine grades at level namespaces."
    works = under(done, "Works")[0].removeprefix("here: ").split(", ")
    lacking = [name for name in doctor.PURPOSES if "missing" in under(done, name)[0]]
    assert works == [doctor.TARGETS[name] for name in doctor.PURPOSES if name not in lacking]


@known_machine
def test_forbidden_namespaces_come_with_what_to_allow() -> None:
    done = consult(filter_=refusing(NO_NAMESPACES))
    seen, advice = under(done, "namespaces")
    assert "ermission" in seen and advice.startswith("→ allow user namespaces")
    assert under(done, "plain")[0].startswith(AT_PLAIN)
    assert done.returncode == (0 if "level user" in done.stdout.splitlines()[-1] else 3)


@known_machine
@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        ("seccomp", errno.EINVAL, "seccomp=unconfined"),
        ("ptrace", errno.EPERM, "--cap-add SYS_PTRACE"),
        ("ptrace", errno.ENOSYS, "docker run --platform linux/"),
    ],
)
def test_what_witness_lacks_is_told_at_each_level(call: str, error: int, told: str) -> None:
    done = consult(filter_=denying(call, error))
    assert done.returncode == 3 and "{" not in done.stdout
    for level in ("namespaces", "plain") if os.geteuid() != 0 else ("namespaces",):
        seen, advice = under(done, level)
        assert seen.startswith("witness cannot ") and told in advice
    assert done.stdout.splitlines()[-1] == "This machine cannot grade yet: see → above."


@pytest.mark.parametrize(("name", "value", "what", "fix"), doctor.SETTINGS)
def test_a_setting_that_forbids_is_told_with_its_command(
    name: str, value: str, what: str, fix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "SYSTEM", tmp_path)
    monkeypatch.setattr(doctor.advice, "CONTAINER_FILES", ())
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("7\n", "ascii")
    assert list(doctor._settings()) == []
    (tmp_path / name).write_text(f"{value}\n", "ascii")
    (finding,) = doctor._settings()
    assert what in finding.seen and finding.fix.endswith(fix)


def test_what_is_missing_is_listed_and_all_else_is_looked_at() -> None:
    """Python's own library alone, and no program on the PATH: nothing of it stops the doctor."""
    done = consult("/usr/bin/python3", "-I", "-S", DOCTOR, PATH="/nowhere")
    assert done.returncode == 3
    for purpose, missing, package in (
        ("check", "gcc", "gcc"),
        ("grade", "rich", "python3-rich"),
        ("class", "yaml", "python3-yaml"),
        ("test", "hypothesis", "python3-hypothesis"),
    ):
        seen, advice = under(done, purpose)
        assert missing in seen and f" {package}" in advice
    assert under(done, "plain")[0].startswith(AT_PLAIN)
    assert under(done, "Works")[0] == "here: nothing yet"
    assert done.stdout.splitlines()[-1] == "This machine cannot grade yet: see → above."


def test_a_low_limit_is_told_with_its_command() -> None:
    done = consult("sh", "-c", f"ulimit -n 200; exec '{DOCTOR}'")
    seen, advice = under(done, "limit")
    assert "200 open files" in seen and advice == "→ ulimit -n 1024"


@known_machine
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give")
def test_doctor_and_grade_agree_and_the_advice_fixes_both() -> None:
    """Without namespaces, and where every user can read the kit."""
    home = Path("/var/tmp") / f"open-kit-{os.getpid()}"
    kit = home / "kit"
    try:
        copy_kit(kit, "tests")
        kit.chmod(0o755)
        grade = [kit / "grader" / "grade", "starter", "--exercise", "1"]

        def graded() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                grade,
                cwd=kit,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=refusing(NO_NAMESPACES),
            )

        before = consult(kit / "grader" / "doctor", filter_=refusing(NO_NAMESPACES))
        seen, advice = under(before, "user")
        refused = graded()
        assert before.returncode == refused.returncode == 3
        assert seen in refused.stderr and f"{kit}/results" in seen
        assert advice == f"→ chmod go-rwx {kit}" and advice[2:] in refused.stderr
        subprocess.run(advice[2:], shell=True, check=True)
        after = consult(kit / "grader" / "doctor", filter_=refusing(NO_NAMESPACES))
        assert after.stdout.splitlines()[-1] == "This machine grades at level user."
        assert after.returncode == graded().returncode == 0
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_it_takes_no_arguments() -> None:
    done = subprocess.run(
        [KIT / "grader" / "doctor", "--fast"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "doctor: usage: grader/doctor\n"
