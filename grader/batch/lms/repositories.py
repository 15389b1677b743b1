"""A folder of cloned student repositories: the commit and its time are read without running
anything that a repository brings along.
"""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from grader.batch.imports import git
from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing, folder_listing
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign

NAME = ""
TITLE = "a folder of repositories"
SIGN = Sign.CONTENT
TABLE: GradeTable | None = None


def read(top: Top) -> list[Arrived] | None:
    folders = [(e.name, top.folder(e.name)) for e in top.entries() if e.is_folder]
    repositories = [(name, path) for name, path in folders if path and git.is_repository(path)]
    if not repositories:
        return None
    slug = _slug(top.name, [name for name, _ in repositories])
    return [
        _one(top, name, path, slug)
        for name, path in folders
        if path and not name.startswith(".")  # a folder without .git is a submission, too
    ]


def _slug(parent: str, names: list[str]) -> str:
    """What stands before the user in each name: `<slug>-submissions/<slug>-<user>`."""
    told = re.sub(r"-submissions$", "", parent.rstrip("/").rpartition("/")[2])
    if told and all(name.startswith(f"{told}-") for name in names):
        return f"{told}-"
    common = os.path.commonprefix(names) if len(names) > 1 else ""
    return common[: common.rfind("-") + 1]


def _one(top: Top, name: str, path: Path, slug: str) -> Arrived:
    head = git.head_of(path) if git.is_repository(path) else git.Head(trouble="it has no .git")
    user = name.removeprefix(slug)

    def listing() -> Listing:
        return folder_listing(path)

    return Arrived(
        Claim(folder=name, github=user),
        f"{top.name}/{name}",
        listing,
        path,
        submitted=head.time,
        commit=head.commit,
        notes=tuple(
            text
            for text, said in (
                (f"the commit's time is not known: {head.trouble}", head.trouble),
                (head.remark, head.remark),
            )
            if said
        ),
        entries=(name,),
        earlier=_earlier(top, name, path, head.commit, user) if head.commit else None,
    )


def _earlier(
    top: Top, name: str, path: Path, commit: str, user: str
) -> Callable[[datetime], Arrived | None]:
    def as_it_was(when: datetime) -> Arrived | None:
        head = git.commit_before(path, commit, when)
        if head.trouble:
            return None
        return Arrived(
            Claim(folder=name, github=user),
            f"{top.name}/{name} at {head.commit[:12]}",
            lambda: git.files_at(path, head.commit),
            submitted=head.time,
            commit=head.commit,
            entries=(name,),
        )

    return as_it_was
