"""Reads what gcc, clang, the assembler and the linker say about a student's files.

gcc writes its messages as JSON (up to gcc 15) or SARIF (2.1.0, from gcc 13 on), a document for each
of its programs; the assembler and the linker write lines between them, and so does a compiler that
offers neither. The student controls all of these programs: whatever is in the stream, reading it
takes bounded time, and only messages about known files come out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from grader.base.text import cut, visible
from grader.sandbox.files import HOME

ERROR, WARNING = "error", "warning"
MESSAGE_LENGTH = 300
SYMBOL_LENGTH = 80
LINE_LENGTH = 4000  # what follows in a line is not read
LAST_LINE = 2**31 - 1
BROKEN_DOCUMENTS = 20  # after so many, what looks like a document is not tried any more


@dataclass(frozen=True)
class Message:
    """What the compiler or the linker said about a place in the student's files."""

    kind: str  # error, warning
    file: str  # "6-tally/tally.c"; "" if the linker names none
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else ""
        return f"{place}{self.kind}: {self.text}"


def read_messages(said: str, known: frozenset[str]) -> Iterator[Message]:
    """The messages that point into known files, each once, made harmless."""
    seen: set[Message] = set()
    for part in _parts(said):
        for message in _line(part, known) if isinstance(part, str) else _document(part, known):
            if message not in seen:
                seen.add(message)
                yield message


# ---- the stream


def _parts(said: str) -> Iterator[list[Any] | dict[str, Any] | str]:
    """The JSON documents in a stream, and the lines around them."""
    # gcc lets a source's control characters through, so the decoder is not strict.
    decoder = json.JSONDecoder(strict=False)
    broken = 0
    place = 0
    while place < len(said):
        if said[place] in "[{" and broken < BROKEN_DOCUMENTS:
            try:
                document, place = decoder.raw_decode(said, place)
                yield document
                continue
            except (ValueError, RecursionError):
                broken += 1
        end = said.find("\n", place)
        end = len(said) if end == -1 else end
        yield said[place : min(end, place + LINE_LENGTH)]
        place = end + 1


def _document(document: list[Any] | dict[str, Any], known: frozenset[str]) -> Iterator[Message]:
    entries = _of_json(document) if isinstance(document, list) else _of_sarif(document, known)
    for kind, file, line, text in entries:
        message = _message(kind, file, line, text, known)
        if message:
            yield message


def _message(
    kind: object, file: object, line: object, text: object, known: frozenset[str]
) -> Message | None:
    """A message, if all its parts are valid."""
    if not (isinstance(kind, str) and isinstance(file, str) and isinstance(text, str)):
        return None
    if type(line) is not int or not 1 <= line <= LAST_LINE:
        return None
    meant = KINDS.get(kind)
    file = file.removeprefix("./").removeprefix(f"{HOME}/")
    if meant is None or file not in known:
        return None
    return Message(meant, file, line, cut(visible(text), MESSAGE_LENGTH))


KINDS = {
    "error": ERROR,
    "fatal error": ERROR,
    "internal compiler error": ERROR,
    "sorry, unimplemented": ERROR,
    "Error": ERROR,  # the assembler's
    "Fatal error": ERROR,
    "warning": WARNING,
    "Warning": WARNING,
}
_Entry = tuple[object, object, object, object]  # kind, file, line, text


# ---- JSON: a list of messages


def _of_json(document: list[Any]) -> Iterator[_Entry]:
    """gcc 9 to 15. An error may be in the `children` of a warning."""
    waiting = document[::-1]
    while waiting:
        entry = waiting.pop()
        if not isinstance(entry, dict):
            continue
        caret = _at(entry, "locations", 0, "caret")
        yield entry.get("kind"), _at(caret, "file"), _at(caret, "line"), entry.get("message")
        children = entry.get("children")
        waiting += children[::-1] if isinstance(children, list) else ()


# ---- SARIF: runs, each with results


def _of_sarif(document: dict[str, Any], known: frozenset[str]) -> Iterator[_Entry]:
    """gcc 13 and later. What only accompanies a message is in its `relatedLocations`."""
    for run in _list(document.get("runs")):
        for result in _list(_at(run, "results")):
            place = _at(result, "locations", 0, "physicalLocation")
            file = _at(place, "artifactLocation", "uri")
            line = _at(place, "region", "startLine")
            text = _at(result, "message", "text")
            yield _level(result), _name(file, known), line, _unescaped(text) if isinstance(
                text, str
            ) else text


def _level(result: object) -> object:
    """error, warning or note. gcc 13 and 14 give a fatal error no level, which means warning."""
    level, rule = _at(result, "level"), _at(result, "ruleId")
    if level is not None:
        return level
    return rule if isinstance(rule, str) and rule in KINDS else WARNING


def _name(uri: object, known: frozenset[str]) -> object:
    """The file of a URI. gcc 13 to 16 write the plain name, the standard requires %20 and such."""
    if not isinstance(uri, str) or uri in known:
        return uri
    return unquote(uri.removeprefix("file://"))


DOUBLED = re.compile(r"\{\{|\}\}")


def _unescaped(text: str) -> str:
    """The text of a message. From gcc 15 on its braces are doubled, as SARIF requires; gcc 13 and
    14 write them as they are, which shows if one is single.
    """
    single = DOUBLED.sub("", text)
    if "{" in single or "}" in single:
        return text
    return DOUBLED.sub(lambda braces: braces[0][0], text)


def _at(value: object, *path: str | int) -> object:
    """The value at a path of names and numbers in JSON, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


# ---- lines

PLAIN = re.compile(
    r"(?P<file>[^\s:][^:]*):(?P<line>\d{1,10}):(?:\d{1,10}:)? "
    rf"(?P<kind>{'|'.join(KINDS)}): (?P<text>.*?)(?: \[-W[^\]]*\])?\r?"
)
# ld says, with more or less of what stands before the last colon, and of several programs:
# /usr/bin/ld: /tmp/a.o: in function `main': /submission/6-tally/tally.c:4:(.text+0x5): undefined…
LINKER = re.compile(
    r"(?:[^:]*\bld(?:\.\w+)?: )?(?:[^:]*\.o: in function [^:]*: ?)?"
    r"(?:(?P<file>[^:]*):(?P<line>\d{1,10}):(?: |(?=\()))?(?:[^:()]*:?\([^()]*\): )?"
    r"(?P<what>undefined reference to|multiple definition of) [`'‘](?P<symbol>[^'’]*)['’]"
)


def _line(line: str, known: frozenset[str]) -> Iterator[Message]:
    found = PLAIN.fullmatch(line)
    if found:
        number, text = int(found["line"]), found["text"]
        message = _message(found["kind"], found["file"], number, text, known)
    else:
        message = _linker(line, known)
    if message:
        yield message


def _linker(line: str, known: frozenset[str]) -> Message | None:
    found = LINKER.match(line)
    if not found:
        return None
    what, symbol = found["what"], cut(visible(found["symbol"]), SYMBOL_LENGTH)
    text = f"{what} {symbol}"
    if symbol == "main":
        text = (
            "there is no main function"
            if "undefined" in what
            else "there is more than one main function"
        )
    number = int(found["line"] or 0)
    placed = _message(ERROR, found["file"], number, text, known)
    return placed or Message(ERROR, "", 0, text)
