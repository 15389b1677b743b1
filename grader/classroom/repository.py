"""Writes folders, git repositories and zips, the same bytes for the same files."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.kit import File

# The same files make the same commit, whoever calls this and whenever.
WHO, MAIL = "The course", "course@localhost"
WHEN = "2026-01-01T00:00:00Z"
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": WHO,
    "GIT_AUTHOR_EMAIL": MAIL,
    "GIT_AUTHOR_DATE": WHEN,
    "GIT_COMMITTER_NAME": WHO,
    "GIT_COMMITTER_EMAIL": MAIL,
    "GIT_COMMITTER_DATE": WHEN,
}


def write_folder(folder: Path, files: Iterable[File]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        path.chmod(0o755 if file.executable else 0o644)


def write_repository(folder: Path, files: Iterable[File], message: str) -> str:
    """A repository with one commit and no other history; its commit."""
    write_folder(folder, files)
    _git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", message)
    return _git(folder, "rev-parse", "HEAD").strip()


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "core.autocrlf=false", *words],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise OSError(f"git {words[0]}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def write_zip(path: Path, files: Iterable[File]) -> None:
    """A zip whose programs stay executable."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            about = zipfile.ZipInfo(file.path, (2026, 1, 1, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = (0o100755 if file.executable else 0o100644) << 16
            archive.writestr(about, file.data)
