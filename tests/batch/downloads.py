"""Downloads as the platforms make them, written by code: the same people in every shape."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        return f"{self.first[0]}{self.last}".lower()

    @property
    def sortable(self) -> str:
        return f"{self.last}{self.first}".lower()

    @property
    def email(self) -> str:
        return f"{self.login}@uni.example"


ADA = Person("Ada", "Lovelace", 101)
BOB = Person("Bob", "O_Neill", 102)
ZOE = Person("Zoë", "Żółć", 103)


def zipped(files: Files, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 11, 20, 12, 0, 0))
            archive.writestr(info, data, compress_type=compression)
    return stream.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def lay(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def saved(path: Path, files: Files) -> Path:
    path.write_bytes(zipped(files))
    return path


# ---- one function a shape: who handed in which files


def canvas(handed: Mapping[Person, Files], late: frozenset[Person] = frozenset()) -> Files:
    files = {}
    for person, theirs in handed.items():
        mark = "_LATE" if person in late else ""
        for number, (name, data) in enumerate(theirs.items()):
            attachment = person.number * 1000 + number
            flat = name.replace("/", "_")
            files[
                f"{person.sortable.replace('_', '')}{mark}_{person.number}_{attachment}_{flat}"
            ] = data
    return files


def moodle(handed: Mapping[Person, Files], flat: bool = False, old: bool = True) -> Files:
    files = {}
    for person, theirs in handed.items():
        top = f"{person.name}_{person.number}_assignsubmission_file"
        for name, data in theirs.items():
            inside = name.replace("/", "_")
            files[f"{top}_{inside}" if flat else f"{top}{'_' if old else ''}/{name}"] = data
    return files


def blackboard(handed: Mapping[Person, Files], time: str = "2026-11-20-12-00-00") -> Files:
    files = {}
    for person, theirs in handed.items():
        before = f"Sharing 20is 20caring_{person.login}_attempt_{time}"
        names = "".join(f"\tOriginal filename: {name}\n" for name in theirs)
        info = (
            f"Name: {person.name} ({person.login})\nAssignment: Sharing\nDate Submitted: x\n{names}"
        )
        files[f"{before}.txt"] = info.encode()
        for name, data in theirs.items():
            files[f"{before}_{name.replace('/', '_')}"] = data
    return files


def gradescope(handed: Mapping[Person, Files]) -> Files:
    files = {}
    metadata = ["---"]
    for person, theirs in handed.items():
        folder = f"submission_{person.number}"
        metadata += [
            f"{folder}:",
            "  :submitters:",
            f"  - :name: {person.name}",
            f"    :sid: '0{person.number}'",
            f"    :email: {person.email}",
            "  :created_at: 2026-11-20 12:00:00.123456000 Z",
            "  :score: !ruby/object:BigDecimal 18:0.3e2",
            "  :history:",
            "  - :id: 1",
            "    :created_at: 2026-11-19 12:00:00.000000000 Z",
        ]
        for name, data in theirs.items():
            files[f"{folder}/{name}"] = data
    files["submission_metadata.yml"] = "\n".join([*metadata, ""]).encode()
    return files


def brightspace(handed: Mapping[Person, Files], time: str = "Nov 20, 2026 105 PM") -> Files:
    files = {"index.html": b"<p>"}
    for person, theirs in handed.items():
        folder = f"{person.number + 5}-4711 - {person.name} - {time}"
        files |= {f"{folder}/{name}": data for name, data in theirs.items()}
    return files


def sakai(handed: Mapping[Person, Files]) -> Files:
    files = {"Lab/grades.csv": b'"Lab","Score"\n'}
    for person, theirs in handed.items():
        folder = f"Lab/{person.last}, {person.first}({person.login})"
        inside = f"{folder}/Submission attachment(s)"
        files |= {f"{inside}/{name}": data for name, data in theirs.items()}
        files[f"{folder}/timestamp.txt"] = b"20261120120000000"
        files[f"{folder}/comments.txt"] = b""
    return files


def ilias(handed: Mapping[Person, Files]) -> Files:
    return {
        f"Lab/Abgaben/{p.last}_{p.first}_{p.login}_{p.number + 5}/{name}": data
        for p, theirs in handed.items()
        for name, data in theirs.items()
    }


def prairielearn(handed: Mapping[Person, Files]) -> Files:
    return {
        f"{p.email}_{p.number}_lab_{p.number + 9000}_{name.replace('/', '_')}": data
        for p, theirs in handed.items()
        for name, data in theirs.items()
    }


def repository(folder: Path, files: Files, when: str = "2026-11-20T12:00:00+00:00") -> str:
    """A repository with one commit; its hash."""
    lay(folder, files)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_NAME": "s", "GIT_AUTHOR_EMAIL": "s@example.org",
        "GIT_COMMITTER_NAME": "s", "GIT_COMMITTER_EMAIL": "s@example.org",
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", folder, *words], env=environment, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "done")
    return git("rev-parse", "HEAD")
