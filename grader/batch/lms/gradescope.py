"""Gradescope. Its export: folders `submission_<id>` and `submission_metadata.yml`.

The metadata are written by Ruby; they are read as plain YAML text, and nothing in them is ever made
into an object.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from grader.batch.imports.arrived import Arrived, Claim
from grader.batch.imports.files import Listing, Unreadable
from grader.batch.imports.top import Top
from grader.batch.lms import GradeTable, Sign
from grader.grading.intake import BadInput
from grader.sandbox import Unavailable

NAME = "Gradescope"
TITLE = "an export of Gradescope"
SIGN = Sign.FILE
TABLE: GradeTable | None = None
OWN = re.compile(r"submission_metadata\.yml")
FILE = "submission_metadata.yml"
SIZE_LIMIT = 64 * 1024 * 1024


def read(top: Top) -> list[Arrived] | None:
    entries = {entry.name: entry for entry in top.entries()}
    if FILE not in entries or entries[FILE].is_folder:
        return None
    try:
        metadata = _metadata(top.file(FILE).read(SIZE_LIMIT))
    except (Unreadable, OSError) as problem:
        raise BadInput(f"{top.name}/{FILE} cannot be read: {problem}") from None
    found = []
    for name, said in metadata.items():
        entry = entries.get(str(name))
        if not isinstance(said, Mapping):
            raise BadInput(f"{top.name}/{FILE}: what it says of {name} cannot be read")
        found += _those_of(top, str(name), said, entry is not None and entry.is_folder)
    return found


def _those_of(top: Top, name: str, said: Mapping[str, Any], is_there: bool) -> list[Arrived]:
    """The submission, once for each of those who handed it in together."""
    submitters = [one for one in said.get(":submitters") or () if isinstance(one, Mapping)]
    notes = [] if is_there else [f"{name} is named in {FILE}, and is not there"]
    if len(submitters) > 1:
        notes.append("handed in together by " + ", ".join(_text(s, ":name") for s in submitters))

    def listing() -> Listing:
        return top.under(name) if is_there else Listing()

    folder: Path | None = top.folder(name) if is_there else None
    return [
        Arrived(
            Claim(
                folder=name,
                name=_text(one, ":name"),
                lms_id=_text(one, ":sid"),
                email=_text(one, ":email"),
                kind="sid",
            ),
            f"{top.name}/{name}",
            listing,
            folder,
            submitted=_time(said.get(":created_at")),
            notes=tuple(notes),
            entries=(name,) if is_there else (),
        )
        for one in submitters or [{}]
    ]


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return "" if value is None else str(value).strip()


def _time(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    try:
        return datetime.fromisoformat(str(value).replace(" UTC", "+00:00"))
    except ValueError:
        return None


def _metadata(data: bytes) -> Mapping[str, Any]:
    try:
        import yaml
    except ImportError:
        raise Unavailable(
            "a Gradescope export needs python3-yaml: apt-get install python3-yaml"
        ) from None

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Plain(base):  # type: ignore[misc]
        """Any tag (`!ruby/...`) means nothing: only what stands there is read."""

    def plain(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    Plain.add_multi_constructor("!", plain)
    Plain.add_multi_constructor("tag:ruby", plain)
    # A number stays the text that it is: an id of 007 is not 7.
    for kind in ("int", "float", "bool"):
        Plain.add_constructor(f"tag:yaml.org,2002:{kind}", lambda loader, node: node.value)
    try:
        said = yaml.load(data.decode("utf-8", "replace"), Loader=Plain)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = str(error).splitlines()[0] if str(error) else "it is no YAML"
        raise BadInput(f"{FILE} cannot be read: {line}") from None
    if not isinstance(said, Mapping):
        raise BadInput(f"{FILE} does not say which submission is whose")
    return said
