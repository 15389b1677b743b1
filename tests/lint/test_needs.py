"""grader/setup/needs.txt is the one table of needs: it holds together, and all files agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.setup import needs

ROOT = Path(__file__).resolve().parents[2]
TABLE = needs.table()
# What GitHub's own machines for Ubuntu 24.04 have, so that a course need not list it.
AT_GITHUB = {"gcc", "libc6-dev", "make", "python3", "util-linux"}
DOCKERFILE = ROOT / "grader/classroom/student/.devcontainer/Dockerfile"
INSTALLED = re.compile(r"apt(?:-get)? install((?: +-[-\w]+| +[a-z0-9][a-z0-9.+-]+)+)")


def named(text: str) -> set[str]:
    """The packages that a text tells somebody to install."""
    found = INSTALLED.findall(re.sub(r"\\\n\s*", " ", text))
    return {word for words in found for word in words.split() if not word.startswith("-")}


def test_every_group_has_rows_and_a_purpose() -> None:
    asked = {g for p in TABLE.purposes.values() for g in (*p.needed, *p.wished)}
    assert {need.group for need in TABLE.rows} == asked


def test_what_is_left_out_is_told_for_each_wish() -> None:
    wished = {group for purpose in TABLE.purposes.values() for group in purpose.wished}
    assert {name for name, group in TABLE.groups.items() if group.left_out} == wished


def test_a_need_that_some_distribution_cannot_meet_is_a_wish_and_says_how_to_have_it() -> None:
    homeless = {need.group for need in TABLE.rows if any(not p for _, p in need.elsewhere)}
    assert homeless and all(TABLE.groups[group].how for group in homeless)


def test_the_makefile_installs_for_each_purpose_but_the_students() -> None:
    (words,) = re.findall(r"^installed = \$\(patsubst %,installed-%,([\w ]+)\)$", makefile(), re.M)
    assert set(words.split()) == set(TABLE.purposes) - {"student"}


def makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("target", ["check", "watch", "hint", "show"])
def test_a_students_targets_install_no_more_than_they_need(target: str) -> None:
    (words,) = re.findall(rf"^{target}:([^#=\n]*)##", makefile(), re.MULTILINE)
    assert words.split() in ([], ["build/witness"])
    assert "$(witness_objects): | installed-check\n" in makefile()


# ---- other files


def test_the_list_for_classroom_50_is_what_a_grade_needs() -> None:
    text = (ROOT / ".github/CLASSROOM.md").read_text("utf-8")
    (listed,) = re.findall(r'"apt": \[([^]]*)\]', text)
    needed = set(needs.packages(TABLE.needed("grade")))
    assert set(re.findall(r'"([^"]+)"', listed)) == needed - AT_GITHUB


def test_the_dev_container_has_what_students_need() -> None:
    packages = named(DOCKERFILE.read_text("utf-8"))
    assert packages <= set(needs.packages(TABLE.needed("student")))
    comfort = set(needs.packages(TABLE.of("comfort")))
    assert packages >= set(needs.packages(TABLE.needed("student"))) - comfort


def told() -> list[Path]:
    """Everything in the kit that tells people what to install, or does it."""
    folders = ("grader", "starter", "solution", "assignment", "tests/certify", ".github")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [
        path
        for path in (ROOT / "README.md", *found)
        if path.suffix in (".md", ".py", ".sh", ".yml", "") and path.name != "ci.yml"
    ]


def test_no_file_names_a_package_that_the_table_does_not_know() -> None:
    known = {package for need in TABLE.rows for package in need.packages}
    found = {file: named(file.read_text("utf-8", "replace")) for file in told()}
    assert len([file for file, packages in found.items() if packages]) >= 8
    assert {str(f): packages - known for f, packages in found.items() if packages - known} == {}


def test_the_table_knows_what_is_not_there_by_the_distribution(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    (browser,) = [need for need in TABLE.of("browser") if need.kind == "run"]
    release.write_text('PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')
    assert browser.packages_on(needs.system(release)) == ()
    release.write_text("ID=debian\nVERSION_ID=13\n")
    assert browser.packages_on(needs.system(release)) == ("chromium", "chromium-driver")
    assert TABLE.of("likeness")[0].packages_on(needs.system(release)) == ()
    assert needs.system(tmp_path / "nowhere").pretty == "this system"


# ---- the tests that need something


def pytest_run(*words: str, plugin: str = "", **environment: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": plugin, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_a_group_of_tests_is_skipped_with_one_line(tmp_path: Path) -> None:
    files = (
        "tests/witness/test_strace.py",
        "tests/batch/test_hosts.py",
        "tests/witness/test_fuzz.py",
    )
    status, lines = pytest_run(*files, PATH=str(tmp_path))
    skips = [line for line in lines if line.startswith("SKIPPED")]
    assert status == 0 and len(skips) == 3, lines
    assert all(": left out: the " in line and " missing: " in line for line in skips)
    assert any("strace missing: " in line for line in skips)
    assert any("libFuzzer missing: " in line for line in skips)


def test_without_a_browser_its_tests_say_so_in_one_line(tmp_path: Path) -> None:
    snap = tmp_path / "chromium-browser"  # of Ubuntu
    snap.write_text("#!/bin/sh\necho 'requires the chromium snap to be installed' >&2\nexit 1\n")
    snap.chmod(0o755)
    (tmp_path / "chromedriver").symlink_to(shutil.which("chromedriver") or "/bin/false")
    status, lines = pytest_run("tests/batch/test_page.py", PATH=str(tmp_path))
    skips = [line for line in lines if line.startswith("SKIPPED")]
    assert status == 0 and len(skips) == 1, lines
    assert "left out: the tests of class.html in a browser: " in skips[0]
    assert "browser missing: " in skips[0]


def test_without_pycparser_all_but_the_mutants_are_collected(tmp_path: Path) -> None:
    (tmp_path / "no_pycparser.py").write_text("import sys\nsys.modules['pycparser'] = None\n")
    files = ("tests/formats", "tests/judge", "tests/mutants")
    words = ("-p", "no_pycparser", "--collect-only", *files)
    status, lines = pytest_run(*words, plugin=str(tmp_path))
    assert status == 0, lines
    assert any(line.startswith("tests/formats/") for line in lines)
    assert any("pycparser missing: " in line for line in lines)
