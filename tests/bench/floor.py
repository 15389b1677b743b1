"""Turns recorded jobs into what they would be for a plain shell: one small script a job.

A compilation is the same call of gcc on the same files; a run of the program, or of valgrind, is
the same program with the same arguments. No tracing, no sandbox and no judging is left in them."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

FOLDERS = ("submission", "program", "tmp")
PLACES = tuple(f"/{name}" for name in FOLDERS)


@dataclass(frozen=True)
class Floor:
    """The scripts, and what stands in them."""

    scripts: tuple[Path, ...]
    compilations: int
    runs: int
    valgrinds: int


def lay(jobs: Path, folder: Path) -> Floor:
    """Writes the files and the script of each job; all that is left to do is to run the scripts."""
    scripts = []
    compilations = runs = valgrinds = 0
    for number, file in enumerate(sorted(jobs.glob("*.json"))):
        job = json.loads(file.read_text())
        place = folder / str(number)
        commands = series(job["stdin"]) if job["stdin"] else compilation(job["command"])
        if not commands:
            continue  # the probe of the sandbox
        for path, text, mode in job["files"]:
            target = place / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("latin-1"))
            target.chmod(mode)
        for name in FOLDERS:
            (place / name).mkdir(parents=True, exist_ok=True)
        lines = [" ".join(shlex.quote(moved(word, place)) for word in words) for words in commands]
        script = place / "job.sh"
        script.write_text(
            f"cd {shlex.quote(str(place / 'submission'))}\n"
            + "".join(f"{line} >/dev/null 2>&1 </dev/null\n" for line in lines)
            + "exit 0\n"
        )
        scripts.append(script)
        if not job["stdin"]:
            compilations += 1
        elif "/usr/bin/valgrind" in job["stdin"]:
            valgrinds += len(commands)
        else:
            runs += len(commands)
    return Floor(tuple(scripts), compilations, runs, valgrinds)


def series(text: str) -> list[list[str]]:
    """The commands of a series of witness, without witness's options."""
    commands = []
    for line in text.splitlines():
        words = [unquote(word) if word != "%" else "" for word in line.split(" ")]
        commands.append(words[words.index("--") + 1 :])
    return commands


def compilation(command: list[str]) -> list[list[str]]:
    """The call of the compiler, out of the limits that the grader puts around it."""
    for name in ("gcc", "ar", "sh"):
        if name in command[4:]:
            return [command[command.index(name, 4) :]]
    return []


def moved(word: str, place: Path) -> str:
    """A word with the sandbox's places turned into the job's own."""
    for name in PLACES:
        if word.startswith(name + "/"):
            return f"{place}{word}"
        word = word.replace(f"={name}/", f"={place}{name}/").replace(
            f" {name}/", f" {place}{name}/"
        )
    return word
