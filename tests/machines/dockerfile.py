"""The students' dev container: which release it is, and what its Dockerfile runs."""

from __future__ import annotations

import re
from pathlib import Path

KIT = Path(__file__).resolve().parents[2]
FILE = KIT / "grader/classroom/student/.devcontainer/Dockerfile"
TAG = re.compile(r"(?:/|:)(debian|ubuntu)[:-](\w[\w.]*)$")


def base(text: str) -> tuple[str, str]:
    """The distribution and the version, or code name, in the image's name."""
    found = re.search(r"(?m)^FROM\s+(\S+)", text)
    named = TAG.search(found[1]) if found else None
    if named is None:
        raise ValueError("the Dockerfile's FROM names no release of Debian or Ubuntu")
    return named[1], named[2]


def commands(text: str) -> list[str]:
    """What stands behind each RUN, in order."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    return re.findall(r"(?m)^RUN\s+(.*)$", joined)


def series(table: str, version: str) -> str:
    """The code name of a version in a table of distro-info-data: `24.04 LTS` is 24.04."""
    head, *rows = [line.split(",") for line in table.splitlines() if line]
    number, name = head.index("version"), head.index("series")
    for row in rows:
        if version in (row[name], row[number].partition(" ")[0]):
            return row[name]
    raise ValueError(f"no release is called {version}")
