"""A submission as bytes: all that a grade needs of it, to be kept, compared and sent elsewhere."""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.grading.intake import Intake, Source

SIZE_LIMIT = 256 * 1024 * 1024  # six exercises of 17 sources of 1 MB, and what base64 adds


@dataclass(frozen=True)
class Bundle:
    """The exercises of one submission, as they were read, and what was odd about the whole."""

    intakes: tuple[Intake, ...]
    notes: tuple[str, ...] = ()

    def chosen(self, exercises: Sequence[str]) -> "Bundle":
        """The same submission with these exercises alone."""
        return Bundle(tuple(i for i in self.intakes if i.exercise in exercises), self.notes)

    @property
    def nothing_to_grade(self) -> bool:
        return all(intake.own is None for intake in self.intakes)


def pack(bundle: Bundle) -> bytes:
    data = {"intakes": [_intake(intake) for intake in bundle.intakes], "notes": bundle.notes}
    return zlib.compress(json.dumps(data, sort_keys=True).encode("ascii"), 1)


def digest_of(bundle: Bundle) -> str:
    """A fingerprint of all that a report of this submission can depend on."""
    digest = hashlib.blake2b(digest_size=16)
    for intake in bundle.intakes:
        sources = (*((intake.own,) if intake.own else ()), *intake.extras)
        texts = [intake.exercise, intake.trouble, "own" if intake.own else "", *intake.notes]
        parts = [text.encode("utf-8", "surrogateescape") for text in texts]
        for source in sources:
            parts += [source.name.encode("utf-8", "surrogateescape"), source.data]
        for part in (str(len(parts)).encode(), *parts):
            digest.update(len(part).to_bytes(8, "big") + part)
    for note in bundle.notes:
        digest.update(note.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()


def unpack(data: bytes) -> Bundle:
    """The inverse of pack; raises ValueError where the bytes are none of its own."""
    decompressor = zlib.decompressobj()
    try:
        text = decompressor.decompress(data, SIZE_LIMIT)
        if not decompressor.eof:
            raise ValueError("a bundle that is too large, or cut")
        said = json.loads(text)
        return Bundle(tuple(_read_intake(entry) for entry in said["intakes"]), tuple(said["notes"]))
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"no bundle: {error}") from error


def _intake(intake: Intake) -> dict[str, Any]:
    return {
        "exercise": intake.exercise,
        "own": _source(intake.own) if intake.own else None,
        "extras": [_source(extra) for extra in intake.extras],
        "trouble": intake.trouble,
        "notes": list(intake.notes),
    }


def _source(source: Source) -> list[str]:
    return [source.name, base64.b64encode(source.data).decode("ascii")]


def _read_intake(said: dict[str, Any]) -> Intake:
    own = said["own"]
    return Intake(
        exercise=said["exercise"],
        own=_read_source(own) if own is not None else None,
        extras=tuple(_read_source(extra) for extra in said["extras"]),
        trouble=said["trouble"],
        notes=tuple(said["notes"]),
    )


def _read_source(said: list[str]) -> Source:
    name, data = said
    return Source(name, base64.b64decode(data, validate=True))
