"""The files of the kit, and which of them are the students'."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

KIT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = PurePosixPath("grader/classroom")
SKIPPED = {".git", "build", "results", "__pycache__"}
PRACTICE = "grader.practice.main"
PUBLIC_FILES = ("LICENSE", "grader/student", "grader/__init__.py", "grader/witness/build.mk")
PUBLIC_FOLDERS = ("assignment", "starter", "grader/witness")


@dataclass(frozen=True)
class File:
    """A file of a repository or bundle that is made."""

    path: str
    data: bytes
    executable: bool = False


def kit_files() -> list[File]:
    """All files of the kit, as they are now: those that git knows, or all where there is no git."""
    return [_read(path) for path in _names()]


def student_files(every: Iterable[File]) -> list[File]:
    """What students get: handout, starter, public checks, and what these need to run."""
    known = {file.path: file for file in every}
    checks = [path for path in known if path.startswith("starter/") and path.endswith("/checks.py")]
    wanted = {path for path in known if path.startswith(tuple(f"{f}/" for f in PUBLIC_FOLDERS))}
    wanted |= set(PUBLIC_FILES) | imported(known, [PRACTICE], checks)
    inside = ("grader/witness/README.md", "grader/witness/REFERENCE.md")
    wanted -= set(inside)  # they speak of the grader's inside
    files = [_as_students_see_it(known[path]) for path in sorted(wanted)]
    prefix = f"{TEMPLATES}/student/"
    files += [_moved(file, prefix, "") for path, file in known.items() if path.startswith(prefix)]
    return files


def imported(known: dict[str, File], modules: Iterable[str], more: Iterable[str]) -> set[str]:
    """The kit's modules that these modules and files import, and what those import."""
    queue = [path for module in modules for path in _paths(known, module)] + list(more)
    found: set[str] = set()
    while queue:
        path = queue.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imports(known[path]):
            queue += _paths(known, name)
    return found


def _imports(file: File) -> set[str]:
    """The modules that a file imports when it runs; what is there for the type checker is not."""
    tree = ast.parse(file.data, file.path)
    names: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        pending += ast.iter_child_nodes(node)
    return {name for name in names if name.split(".")[0] == "grader"}


def _paths(known: dict[str, File], module: str) -> list[str]:
    """The files that Python reads for a module: its own, and those of the packages around it."""
    parts = module.split(".")
    packages = ["/".join(parts[:count]) + "/__init__.py" for count in range(1, len(parts) + 1)]
    return [path for path in (*packages, "/".join(parts) + ".py") if path in known]


LINK_TO_STARTER = re.compile(rb"(\]\((?:\.\./)+)starter/")
NAME_OF_STARTER = re.compile(rb"`starter/")


def _as_students_see_it(file: File) -> File:
    """In a student's repository the folder starter is the top, and the pages' links follow."""
    if file.path.endswith(".md"):
        data = NAME_OF_STARTER.sub(b"`", LINK_TO_STARTER.sub(rb"\1", file.data))
        return File(file.path, data, file.executable)
    return _moved(file, "starter/", "")


def _moved(file: File, prefix: str, target: str) -> File:
    path = target + file.path.removeprefix(prefix) if file.path.startswith(prefix) else file.path
    return File(path, file.data, file.executable)


def strangers() -> list[str]:
    """The files in the students' folders that git does not know: perhaps they are not meant."""
    return sorted(_listed("--others", *PUBLIC_FOLDERS) or [])


def _listed(*words: str) -> list[str] | None:
    """What git lists, or None where the kit is no clone."""
    if not (KIT / ".git").exists():
        return None
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--exclude-standard", *words],
        cwd=KIT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        return None
    return [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]


def _names() -> list[str]:
    names = _listed("--cached", "--others")
    if names is None:
        names = [
            os.path.relpath(os.path.join(folder, name), KIT)
            for folder, folders, files in os.walk(KIT)
            for name in files
            if not SKIPPED & set(Path(os.path.relpath(folder, KIT)).parts)
        ]
    return sorted(name for name in set(names) if (KIT / name).is_file())


def _read(name: str) -> File:
    path = KIT / name
    return File(name, path.read_bytes(), os.access(path, os.X_OK))
