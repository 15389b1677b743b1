"""Gradescope's and Classroom 50's bundles, run as these systems run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.classroom.conftest import KIT, lay, plain_environment, spoil

BUNDLE_LIMIT = 10 * 1024 * 1024  # of Classroom 50


@pytest.fixture(scope="module", name="bundles")
def bundles_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("platforms") / "out"
    subprocess.run(
        ["make", "-s", "classroom", f"OUT={out}"],
        cwd=KIT,
        env=plain_environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return out


@pytest.fixture(scope="module", name="source")
def source_fixture(bundles: Path) -> Path:
    """The folder /autograder/source, unpacked and set up as Gradescope does it."""
    source = bundles / "autograder" / "source"
    with zipfile.ZipFile(bundles / "gradescope.zip") as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, source))
            path.chmod(entry.external_attr >> 16 & 0o777)
    subprocess.run(
        [source / "setup.sh"],
        env=plain_environment(GRADESCOPE_ROOT=str(source.parent)),
        check=True,
        capture_output=True,
    )
    assert os.access(source / "kit" / "build" / "witness", os.X_OK)
    return source


Result = dict[str, object]
RunAutograder = Callable[[Path], tuple[int, Result | None]]


@pytest.fixture(name="run_autograder")
def run_autograder_fixture(source: Path, tmp_path: Path) -> RunAutograder:
    def run(submission: Path) -> tuple[int, Result | None]:
        root = tmp_path / "autograder"
        (root / "results").mkdir(parents=True)
        (root / "source").symlink_to(source)
        (root / "submission").symlink_to(submission)
        done = subprocess.run(
            [source / "run_autograder"],
            env=plain_environment(GRADESCOPE_ROOT=str(root)),
            capture_output=True,
            check=False,
        )
        written = list((root / "results").iterdir())
        assert written in ([], [root / "results" / "results.json"])
        return done.returncode, json.loads(written[0].read_text()) if written else None

    return run


def test_gradescope_gets_the_score_of_a_submission(
    finished: Path, run_autograder: RunAutograder
) -> None:
    status, result = run_autograder(spoil(finished, "1-no-wait"))
    assert status == 0 and result is not None
    tests = result["tests"]
    assert isinstance(tests, list) and len(tests) > 50
    assert result["score"] == sum(test["score"] for test in tests) == 94
    assert sum(test["max_score"] for test in tests) == 100


def test_gradescope_tells_a_student_what_is_no_submission(
    tmp_path: Path, run_autograder: RunAutograder
) -> None:
    (tmp_path / "empty").mkdir()
    status, result = run_autograder(tmp_path / "empty")
    assert status == 0 and result is not None and result["score"] == 0
    assert "nothing to grade" in str(result["output"])


def test_gradescope_gets_no_score_where_the_grader_cannot_grade(
    source: Path, finished: Path, run_autograder: RunAutograder
) -> None:
    grade = source / "kit" / "grader" / "grade"
    kept = grade.read_bytes()
    try:
        grade.write_text("#!/bin/sh\nexit 3\n")
        assert run_autograder(finished) == (1, None)
    finally:
        grade.write_bytes(kept)


def test_gradescope_is_told_of_a_grade_that_was_cut_off(
    source: Path, finished: Path, tmp_path: Path, run_autograder: RunAutograder
) -> None:
    grade = source / "kit" / "grader" / "grade"
    kept = grade.read_bytes()
    try:
        grade.write_text("#!/bin/sh\nkill -9 $PPID\n")
        status, result = run_autograder(finished)
    finally:
        grade.write_bytes(kept)
    assert status == -9 and result is not None and result["score"] == 0
    assert "stopped before it was done" in str(result["output"])


# ---- Classroom 50

IDENTITY = {
    "CLASSROOM": "cs-101",
    "ASSIGNMENT": "sharing",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/course/x/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/course/x/releases/tag/x",
    "OWNER": "a-student",
}


def run_classroom50(bundles: Path, checkout: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, bundles / "classroom50" / "autograder.py"],
        cwd=checkout,
        env=plain_environment(**IDENTITY, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def test_classroom_50_gets_the_score_of_a_submission(
    bundles: Path, source: Path, finished: Path
) -> None:
    (finished / "result.json").symlink_to(finished / "README")
    secret = "a-token-of-the-runner"
    home = {"GRADER_HOME": str(source / "kit"), "GITHUB_TOKEN": secret}
    done = run_classroom50(bundles, spoil(finished, "1-no-wait"), **home)
    assert done.returncode == 0, done.stderr
    result = json.loads((finished / "result.json").read_text())
    assert (result["schema"], result["score"], result["max-score"]) == (
        "classroom50/result/v1",
        94,
        100,
    )
    assert result["classroom"] == "cs-101" and result["submission"].startswith("submit/")
    assert "never waited" in (finished / "release-body.md").read_text()
    assert not (finished / "result.json").is_symlink() and not (finished / "README").exists()
    assert not list(finished.glob(".result*"))


def test_classroom_50_gets_no_result_where_the_grader_cannot_grade(
    bundles: Path, tmp_path: Path
) -> None:
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "grade").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "grader" / "grade").chmod(0o755)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "witness").write_text("")
    (tmp_path / "build" / "witness").chmod(0o755)
    checkout = lay(KIT / "starter", tmp_path / "checkout")
    done = run_classroom50(bundles, checkout, GRADER_HOME=str(tmp_path))
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert not (checkout / "result.json").exists()


def test_the_bundle_fits(bundles: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bundle.tar.gz", "w:gz") as archive:
        archive.add(bundles / "classroom50", arcname=".")
    assert (tmp_path / "bundle.tar.gz").stat().st_size < BUNDLE_LIMIT
