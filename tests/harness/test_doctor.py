"""The doctor: what a machine offers, what is missing, and the command that mends it."""

import subprocess
from pathlib import Path

import pytest

from grader import examine
from tests.harness.conftest import KIT
from tests.harness.test_machine import NO_NAMESPACES, known_machine, needing, refusing
from tests.patience import patient

DOCTOR = KIT / "grader" / "doctor"


def test_a_machine_with_namespaces_is_well() -> None:
    done = subprocess.run(
        [DOCTOR], capture_output=True, text=True, check=False, timeout=patient(60)
    )
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert "namespaces   holds" in lines
    assert lines[-1] == "This machine grades at level namespaces."


@known_machine
def test_forbidden_namespaces_come_with_what_to_allow() -> None:
    done = subprocess.run(
        [DOCTOR],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
        preexec_fn=refusing(NO_NAMESPACES),
    )
    lines = done.stdout.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("namespaces")]
    assert "ermission" in lines[place]
    assert lines[place + 1].strip().startswith("→ allow user namespaces")
    assert any(line.startswith("plain        holds") for line in lines)
    assert done.returncode == (0 if "level user" in lines[-1] else 3)


@pytest.mark.parametrize(("name", "value", "what", "mend"), examine.SETTINGS)
def test_a_setting_that_forbids_is_told_with_its_command(
    name: str, value: str, what: str, mend: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(examine, "SYSTEM", tmp_path)
    monkeypatch.setattr(examine, "CONTAINER_FILES", ())
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("7\n", "ascii")
    assert list(examine._settings()) == []
    (tmp_path / name).write_text(f"{value}\n", "ascii")
    (finding,) = examine._settings()
    assert what in finding.seen and finding.mend.endswith(mend)


def test_a_missing_package_is_told_with_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    needing(monkeypatch)
    assert examine.main([]) == 3
    said = capsys.readouterr().out
    assert "no-gcc missing" in said and "apt-get install gcc libc6-dev" in said


def test_it_takes_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert examine.main(["--fast"]) == 2
    assert capsys.readouterr().err == "usage: grader/doctor\n"
