"""Readers of what a student or a broken tool may hand over: always an answer, never a traceback."""

import copy
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.base.check import Fault, NotReached
from grader.base.exercise import Exercise
from grader.base.text import visible
from grader.facts.from_json import read_whole_run
from grader.facts.records import Run
from grader.grading.compiler_messages import read_messages
from grader.grading.execute import read_facts
from grader.grading.intake import BadInput, open_submission, read_exercise
from grader.grading.valgrind import NothingTold, read_memory
from grader.sandbox import Ended
from tests.harness.conftest import KIT

bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
EXERCISE = Exercise(id="1-fork-wait", title="", source="fork_wait.c", program="fork_wait")

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["shmget", "call", "write", "content", "ended", "0x", "zz"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@cache
def true_facts() -> str:
    """What the witness says of a real run with a segment and a child."""
    command = [
        KIT / "build" / "witness",
        "--content",
        "--",
        "/bin/sh",
        "-c",
        "echo a & wait; echo b >&2",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in some JSON."""
    yield above
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, entry in inner:
        yield from places(entry, (*above, name))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.copy(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


def answer(data: bytes) -> list[Run] | None:
    """The reader's word: runs, or a Fault."""
    try:
        return read_facts(Ended(0, data, b"", False, False), 1)
    except Fault as fault:
        assert fault.reason
        return None


def test_true_facts_are_read() -> None:
    runs = answer(true_facts().encode())
    assert runs is not None and len(runs[0].processes) == 2


@bounded
@given(st.data())
def test_facts_with_anything_in_any_place_are_read_or_a_fault(data: st.DataObject) -> None:
    facts = json.loads(true_facts())
    path = data.draw(st.sampled_from(list(places(facts))))
    spoilt = json.dumps(replaced(facts, path, data.draw(json_values)))
    answer(spoilt.encode("utf-8"))


@bounded
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_facts_is_a_fault(data: bytes) -> None:
    assert answer(data) is None


@bounded
@given(st.integers(0, 4000))
def test_facts_that_were_cut_off_are_a_fault(length: int) -> None:
    whole = true_facts().encode().rstrip()
    assert answer(whole[: min(length, len(whole) - 1)]) is None


def test_nested_lists_without_end_are_a_fault() -> None:
    assert answer(b"[" * 200_000) is None


# ---- folders

NAMES = st.one_of(
    st.sampled_from(
        ["fork_wait.c", "fork_wait.C", "x.c", "x.h", "Makefile", "-o.c", "a\nb.c", "build"]
    ),
    st.text(
        st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=12,
    ),
    st.binary(min_size=1, max_size=8).map(
        lambda name: os.fsdecode(name.replace(b"/", b"_").replace(b"\0", b"_"))
    ),
).filter(lambda name: name not in (".", ".."))
CONTENTS = st.one_of(
    st.binary(max_size=40), st.just(b"int x;\n"), st.just(b"\xff\xfeint"), st.just(b"")
)
KINDS = st.sampled_from(["file", "file", "file", "folder", "link", "fifo", "loop", "closed"])


def lay(folder: Path, name: str, kind: str, content: bytes) -> None:
    path = folder / name
    if os.path.lexists(path):
        return
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "loop":
        path.symlink_to(name)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(content)
        path.chmod(0o000 if kind == "closed" else 0o644)


@bounded
@given(st.lists(st.tuples(NAMES, KINDS, CONTENTS), max_size=6), KINDS)
def test_any_folder_is_read_or_told_in_one_line(
    entries: list[tuple[str, str, bytes]], top: str
) -> None:
    base = Path(tempfile.mkdtemp())
    try:
        exercise = base / EXERCISE.id
        if top in ("file", "folder"):
            exercise.mkdir()
            for name, kind, content in entries:
                lay(exercise, name, kind, content)
        else:
            lay(base, EXERCISE.id, top, b"")
        descriptor = open_submission(str(base), [EXERCISE])
        try:
            intake = read_exercise(descriptor, EXERCISE)
        finally:
            os.close(descriptor)
        for line in (intake.trouble, *intake.notes):
            assert line == visible(line)
        assert (intake.own is None) == bool(intake.trouble)
        for source in intake.extras:
            assert source.name == visible(source.name) and source.name.endswith((".c", ".h"))
            assert not source.name.startswith(("-", ".")) and "/" not in source.name
        assert b"root:" not in b"".join(s.data for s in intake.extras)
    finally:
        shutil.rmtree(base)


@bounded
@given(st.text(max_size=30))
def test_any_path_is_opened_or_told_in_one_line(path: str) -> None:
    with pytest.raises(BadInput) as told:
        os.close(open_submission(f"/no such folder/{path}", [EXERCISE]))
    assert "\n" not in str(told.value)


# ---- what tools say


@bounded
@given(st.text(max_size=80) | json_values.map(lambda value: json.dumps([value])))
def test_whatever_the_compiler_says_its_messages_are_one_line(said: str) -> None:
    for message in read_messages(said, frozenset({"1-fork-wait/fork_wait.c"})):
        assert str(message) == visible(str(message))


@bounded
@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_whatever_stands_in_valgrinds_report_it_is_read(text: str) -> None:
    facts = json.loads(true_facts())
    document = f"<valgrindoutput><error><kind>{text}</kind></error></valgrindoutput>"
    said = {"kind": "write", "stream": "stderr", "text": document, "began": 1}
    facts["events"].insert(0, {"seq": 1, "us": 1, "process": 1, **said})
    try:
        memory = read_memory([read_whole_run(facts)], frozenset({"fork_wait.c"}))
        assert memory.errors
    except (NothingTold, NotReached):
        return
    for error in memory.errors:
        assert str(error) == visible(str(error))
