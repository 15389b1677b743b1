"""What `make classroom` writes: the students' half holds nothing that is secret, and works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.classroom.conftest import KIT, lay, plain_environment

PRIVATE = ("grader/hidden", "solution", "tests")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def make_classroom(kit: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-s", "classroom", f"OUT={out}"],
        cwd=kit,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def copy_of_the_kit(target: Path) -> Path:
    """The kit's files without its history, as a teacher may have unpacked them."""
    ignored = shutil.ignore_patterns("build", "results", ".git", "__pycache__", "submissions")
    shutil.copytree(KIT, target, ignore=ignored, symlinks=True)
    return target


@pytest.fixture(scope="module", name="classroom")
def classroom_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("classroom") / "out"
    done = make_classroom(KIT, out)
    assert done.returncode == 0, done.stderr
    return out


def everything_in(repository: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of a repository, and each object of its history."""
    for path in repository.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(repository)), path.read_bytes()
    for line in git(repository, "cat-file", "--batch-all-objects", "--batch-check").splitlines():
        name, kind, _ = line.split()
        shown = subprocess.run(
            ["git", "cat-file", kind, name], cwd=repository, capture_output=True, check=True
        )
        yield f"{kind} {name}", shown.stdout


# ---- nothing secret


def is_private(path: Path, kit: Path) -> bool:
    return str(path.relative_to(kit)).startswith(PRIVATE)


def test_no_canary_of_a_private_file_reaches_the_students(tmp_path: Path) -> None:
    kit = copy_of_the_kit(tmp_path / "kit")
    canary = b"canary-" + os.urandom(8).hex().encode()
    planted = 0
    for path in kit.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".c", ".h", ".md", ".toml"):
            if is_private(path, kit):
                mark = b"//" if path.suffix in (".c", ".h") else b"#"
                path.write_bytes(path.read_bytes() + b"\n" + mark + b" " + canary + b"\n")
                planted += 1
    assert planted > 20
    assert make_classroom(kit, tmp_path / "out").returncode == 0
    found = [name for name, data in everything_in(tmp_path / "out" / "student") if canary in data]
    assert found == []
    held = [name for name, data in everything_in(tmp_path / "out" / "grader") if canary in data]
    assert sum(name.startswith("blob") for name in held) > 20  # the search finds what is there
    assert len(held) > planted


# The same small step, written in a hidden test and in the judging that students may read.
SMALL_STEPS = {
    "result = answers(run, token)[0].result",
    'return missing(run, "access")',
    'return missing(run, "create")',
    'lines = results(run, "value")',
}


def distinctive_lines() -> set[str]:
    """The lines of the hidden tests and of the solution that say something of their own.

    A line that a student writes in any solution is none, nor one that the stubs hold already.
    """
    lines: set[str] = set()
    for folder in ("grader/hidden", "solution"):
        for path in (KIT / folder).rglob("*"):
            if path.suffix in (".py", ".c") and "build" not in path.parts:
                text = path.read_text(encoding="utf-8").splitlines()
                lines |= {line.strip() for line in text}
    given: set[str] = set()
    for path in (*(KIT / "starter").rglob("*.[ch]"), *(KIT / "assignment").rglob("*.md")):
        given |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    imports = ("from ", "import ", "#include", '"""', "section=", "def ")
    return {line for line in lines - given if len(line) > 28 and not line.startswith(imports)}


def test_no_line_of_a_hidden_test_or_of_the_solution_reaches_the_students(classroom: Path) -> None:
    secret = distinctive_lines() - SMALL_STEPS
    assert len(secret) > 500
    leaked = {}
    for path in (classroom / "student").rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            shared = secret & {line.strip() for line in lines}
            if shared:
                leaked[str(path.relative_to(classroom))] = shared
    assert leaked == {}


def test_no_private_path_is_in_the_students_half(classroom: Path) -> None:
    names = git(classroom / "student", "ls-files").splitlines()
    assert [name for name in names if name.startswith(("grader/hidden", "solution", "tests"))] == []
    # These belong to the grade, to scoring and to its sandbox, and would tell how it is kept safe.
    private = {
        "grader/sandbox/__init__.py",
        "grader/grading/pytest_plugin.py",
        "grader/cli/grade.py",
        "grader/grading/catalogue.py",
    }
    assert not private & set(names)


def test_the_students_history_is_one_commit(classroom: Path) -> None:
    student = classroom / "student"
    assert git(student, "rev-list", "--all", "--count").strip() == "1"
    assert git(student, "status", "--porcelain") == ""
    assert git(student, "reflog").count("\n") == 1
    assert git(student, "remote") == ""


# ---- it works


def test_the_same_kit_makes_the_same_commits(classroom: Path, tmp_path: Path) -> None:
    assert make_classroom(KIT, tmp_path / "again").returncode == 0
    for half in ("student", "grader"):
        assert git(tmp_path / "again" / half, "rev-parse", "HEAD") == git(
            classroom / half, "rev-parse", "HEAD"
        )


def test_the_workflow_names_the_commit_of_the_private_half(classroom: Path) -> None:
    workflow = (classroom / "student/.github/workflows/classroom.yml").read_text()
    version = git(classroom / "grader", "rev-parse", "HEAD").strip()
    assert f'GRADER_VERSION: "{version}"' in workflow and "@GRADER_VERSION@" not in workflow


def test_a_students_clone_checks_by_itself(classroom: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(classroom / "student"), str(clone))
    first = run_make(clone, "check")
    assert first.returncode == 0, first.stderr
    assert "Building witness" in first.stdout and first.stdout.count("not started") == 6
    lay(KIT / "solution", clone)
    second = run_make(clone, "check")
    assert "All public checks pass" in second.stdout and "Building" not in second.stdout
    assert "Step 1" in run_make(clone, "hint", "EX=2").stdout
    changed = git(clone, "status", "--porcelain").splitlines()
    assert changed and all(line.endswith((".c", "Makefile", ".h")) for line in changed)


def run_make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words],
        cwd=folder,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_link_of_the_students_pages_leads_somewhere(classroom: Path) -> None:
    student = classroom / "student"
    pages = [page for page in student.rglob("*.md") if ".git" not in page.parts]
    assert len(pages) >= 9
    broken = [
        (str(page.relative_to(student)), target)
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_handout_names_no_folder_that_a_student_has_not(classroom: Path) -> None:
    for page in (classroom / "student").rglob("*.md"):
        assert "starter" not in page.read_text(encoding="utf-8"), page


def test_the_bundles_hold_the_grader_and_none_of_its_tests(classroom: Path) -> None:
    names = zipfile.ZipFile(classroom / "gradescope.zip").namelist()
    assert {"setup.sh", "run_autograder", "kit/grader/grade"} <= set(names)
    assert not [name for name in names if name.startswith("kit/tests")]
    bundle = classroom / "classroom50"
    assert (bundle / "autograder.py").is_file() and (bundle / "kit/grader/grade").is_file()


def test_the_dev_container_is_described(classroom: Path) -> None:
    folder = classroom / "student" / ".devcontainer"
    text = re.sub(r"^\s*//.*$", "", (folder / "devcontainer.json").read_text(), flags=re.MULTILINE)
    described = json.loads(text)
    assert (folder / described["build"]["dockerfile"]).is_file()
    assert "--cap-add=SYS_PTRACE" in described["runArgs"] and described["remoteUser"] != "root"


def test_a_file_that_git_does_not_know_is_named(tmp_path: Path) -> None:
    kit = copy_of_the_kit(tmp_path / "kit")
    git(kit, "init", "--quiet")
    git(kit, "add", "--all")
    (kit / "starter" / "1-fork-wait" / "notes.txt").write_text("how I solved it")
    done = make_classroom(kit, tmp_path / "out")
    assert "note: students get starter/1-fork-wait/notes.txt" in done.stdout
    assert done.stdout.count("note: ") == 1


@pytest.mark.parametrize("case", ["no OUT", "not empty", "a file"])
def test_bad_input_is_one_line(case: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    out = {"no OUT": "", "not empty": tmp_path, "a file": tmp_path / "x"}[case]
    done = make_classroom(KIT, Path(out)) if out else run_make(KIT, "-s", "classroom")
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode == 2 and len(lines) == 1 and lines[0].startswith("classroom: ")
    assert (tmp_path / "x").read_text() == "" and len(list(tmp_path.iterdir())) == 1
