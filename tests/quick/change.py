"""What was changed, and which test files can notice it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What tests read that they do not import: the tests of one folder are about those of the other.
ABOUT = {
    "grader/witness": ("tests/witness",),
    "grader/hidden": ("tests/corpus", "tests/judging"),
    "starter": ("tests/classroom", "tests/harness"),
    "solution": ("tests/mutants", "tests/harness"),
    "assignment": ("tests/readme", "tests/classroom"),
    "tests/submissions/right": ("tests/corpus",),
    "tests/submissions/wrong": ("tests/corpus",),
    "tests/submissions/hostile": ("tests/hostile",),
    ".github": ("tests/machines", "tests/classroom"),
    "Makefile": ("tests/lint", "tests/readme"),
    "README.md": ("tests/readme",),
}


def changed_files() -> frozenset[str]:
    """Since the last commit, also what git does not know yet; where there is none, the files of
    that commit. Empty where there is no git.
    """
    now = {
        *_git("diff", "--name-only", "HEAD"),
        *_git("ls-files", "--others", "--exclude-standard"),
    }
    return frozenset(now or _git("diff", "--name-only", "HEAD~1", "HEAD"))


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def touched(test: str, changed: Iterable[str]) -> bool:
    """Can this test file notice the change? It imports a changed module, if by way of others, or is
    about the folder in which something was changed.
    """
    return any(
        file in reached(test) or _is_about(test, file) or _is_beside(test, file) for file in changed
    )


def _is_about(test: str, file: str) -> bool:
    return any(file.startswith(place) and test.startswith(tests) for place, tests in ABOUT.items())


def _is_beside(test: str, file: str) -> bool:
    """Inputs of tests lie in their folder."""
    return not file.endswith(".py") and file.startswith("tests/") and _folder(file) == _folder(test)


def _folder(file: str) -> str:
    return "/".join(file.split("/")[:2])


@cache
def reached(file: str) -> frozenset[str]:
    """The project's files that this one is made of: itself, and what it imports."""
    found: set[str] = set()
    todo = [file]
    while todo:
        file = todo.pop()
        if file not in found:
            found.add(file)
            todo += _imported(file)
    return frozenset(found)


@cache
def _imported(file: str) -> tuple[str, ...]:
    path = ROOT / file
    if not path.is_file():
        return ()
    tree = ast.parse(path.read_text("utf-8"))
    named = {name for node in ast.walk(tree) for name in _names(node)}
    files = (f"{name.replace('.', '/')}{end}" for name in named for end in (".py", "/__init__.py"))
    return tuple(sorted(each for each in files if (ROOT / each).is_file()))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def by_folder(tests: Iterable[str]) -> Mapping[str, int]:
    """How many of these tests are in which folder."""
    counts: dict[str, int] = {}
    for test in tests:
        folder = _folder(test.split("::", 1)[0])
        counts[folder] = counts.get(folder, 0) + 1
    return counts
