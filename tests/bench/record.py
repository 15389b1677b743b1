"""Grades like `grader/grade`, and keeps every job of the sandbox: command, files and input.

`python3 -m tests.bench.record FOLDER ARGUMENT...`: one file a job in FOLDER, for `floor.py`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import grader.grading.compile
import grader.grading.execute
import grader.sandbox
from grader.facts.command import series_text
from grader.sandbox import Held, Placed

ORIGINAL = grader.sandbox.start
USERS: tuple[ModuleType, ...] = (grader.sandbox, grader.grading.compile, grader.grading.execute)


def content(held: Held) -> str:
    with os.fdopen(held.open(), "rb") as file:
        return file.read().decode("latin-1")


def recording(folder: Path) -> Any:
    def start(command: Sequence[str], files: Sequence[Placed], **rest: Any) -> Any:
        job = {
            "command": list(command),
            "stdin": series_text(rest.get("lines", ())),
            "files": [[file.path, content(file.content), file.mode] for file in files],
        }
        # Jobs come from several processes: the name is made by the system.
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".json", delete=False) as out:
            json.dump(job, out)
        return ORIGINAL(command, files, **rest)

    return start


if __name__ == "__main__":
    for module in USERS:
        setattr(module, "start", recording(Path(sys.argv[1])))
    from grader.cli.grade import main

    sys.exit(main(sys.argv[2:]))
