"""What gcc 12 to 16 and clang really write, as recorded by record_compiler.py: one text for all.

Beside each source in compiler_messages/sources stands what the student reads. The last test asks
this machine's own gcc.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.base.exercise import Exercise
from grader.base.text import visible
from grader.grading.compile import build
from grader.grading.compiler_messages import BROKEN_DOCUMENTS, Message, read_messages
from grader.grading.intake import Intake, Source
from tests.harness.record_compiler import FOLDER, NAME, SOURCES

KNOWN = frozenset({NAME})
TALLY = Exercise("6-tally", "tally", "tally.c", "tally")
CASES = sorted(path.stem for path in SOURCES.glob("*.c"))
RECORDED = sorted(
    path.relative_to(FOLDER) for path in FOLDER.glob("*/*") if path.parent.name != "sources"
)
OF_GCC = [path for path in RECORDED if path.parent.name.startswith("gcc")]
# The compiler's own words are not rewritten, and two of them changed: gcc 15 says how many
# arguments there were, and gcc 16 leaves out a warning that followed from the error.
NEW_WORDS = "; expected 3, have 2"
GONE = f"{NAME}:1: warning: ‘square’ used but never defined"
# The SARIF of gcc 13 and 14 does not tell an error that hangs below another message from a note,
# which is why their JSON is read. A macro is named where it is defined only in plain lines.
LOST = f'{NAME}:5: error: missing terminating " character'
IN_LINES = ("own-macro", f"{NAME}:5: error:", f"{NAME}:1: error:")


def recorded(path: Path) -> str:
    return (FOLDER / path).read_bytes().decode("utf-8", "replace")


def read(said: str) -> list[str]:
    return [str(message) for message in read_messages(said, KNOWN)]


def expected(case: str) -> list[str]:
    return (SOURCES / f"{case}.said").read_text(encoding="utf-8").splitlines()


def common(lines: list[str]) -> list[str]:
    """The lines, without what only some versions say."""
    return [line.removesuffix(NEW_WORDS) for line in lines if line != GONE]


@pytest.mark.parametrize("path", OF_GCC, ids=str)
def test_the_student_reads_the_same_from_every_gcc(path: Path) -> None:
    wanted = expected(path.stem)
    if path.suffix == ".sarif" and path.parent.name in ("gcc-13", "gcc-14"):
        wanted = [line for line in wanted if line != LOST]
    if path.suffix == ".txt" and path.stem == IN_LINES[0]:
        wanted = [line.replace(*IN_LINES[1:]) for line in wanted]
    said = read(recorded(path))
    assert common(said) == common(wanted)
    if path.parent.name in ("gcc-12", "gcc-13") and path.suffix == ".json":
        assert said == wanted


def test_each_compiler_was_asked_about_each_case() -> None:
    asked = [(12, "json"), (13, "json"), (14, "json"), (15, "json"), (16, "sarif"), (16, "txt")]
    for version, form in asked:
        names = {path.stem for path in RECORDED if path.match(f"gcc-{version}/*.{form}")}
        assert names == set(CASES), f"gcc-{version} {form}"


CLANG = re.compile(rf"^{NAME}:(\d+):\d+: (?:fatal )?(error|warning): (.*?)(?: \[-W.*\])?$", re.M)


@pytest.mark.parametrize("case", CASES)
def test_all_that_clang_says_of_the_students_file_is_read(case: str) -> None:
    said = recorded(Path("clang-21", f"{case}.txt"))
    plain = dict.fromkeys(
        f"{NAME}:{line}: {kind}: {text}" for line, kind, text in CLANG.findall(said)
    )
    assert [line for line in read(said) if line in plain] == [visible(line) for line in plain]


def test_what_clang_and_ld_say_of_a_missing_function_is_the_same_line() -> None:
    assert read(recorded(Path("clang-21/undefined-reference.txt"))) == expected(
        "undefined-reference"
    )


@pytest.mark.parametrize("case", CASES)
def test_this_machines_gcc_says_it_too(case: str) -> None:
    own = Source("tally.c", (SOURCES / f"{case}.c").read_bytes())
    done = build(TALLY, Intake(TALLY.id, own, (), "", ()))
    said = common([str(message) for message in (*done.errors, *done.warnings)])
    wanted = common(expected(case))
    assert sorted(said) == sorted(wanted) and done.trouble == ""
    assert done.ok == (not any("error: " in line for line in wanted))


# ---- streams that no compiler writes


def sarif(**result: object) -> str:
    return json.dumps({"runs": [{"results": [result]}]})


def placed(uri: object, line: object = 3) -> list[object]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return [{"physicalLocation": place}]


@pytest.mark.parametrize(
    "line", ["Infinity", "-Infinity", "NaN", "1e999", "3.5", "0", "-1", "true", '"3"', "9" * 30]
)
def test_what_is_no_line_is_no_message(line: str) -> None:
    place = f'{{"file": "{NAME}", "line": {line}}}'
    said = f'[{{"kind": "error", "message": "x", "locations": [{{"caret": {place}}}]}}]'
    assert read(said) == []
    assert (
        read(
            sarif(level="error", message={"text": "x"}, locations=placed(NAME)).replace(
                '"startLine": 3', f'"startLine": {line}'
            )
        )
        == []
    )


def test_a_number_of_many_digits_is_no_document() -> None:
    assert read(f"[{'9' * 10_000}]\n{NAME}:3:1: error: x") == [f"{NAME}:3: error: x"]


@pytest.mark.parametrize("uri", ["/etc/passwd", "../6-tally/tally.c", "file:///etc/passwd", "", 3])
def test_a_file_that_is_not_the_students_is_never_named(uri: object) -> None:
    assert read(sarif(level="error", message={"text": "x"}, locations=placed(uri))) == []
    assert read(f"{uri}:3:1: error: x") == []
    assert read(f"{uri}:3: undefined reference to `x'") in ([], ["error: undefined reference to x"])


@pytest.mark.parametrize(
    "uri", ["6-tally/ü 1%.c", "6-tally/%C3%BC%201%25.c", "file:///submission/6-tally/ü 1%25.c"]
)
def test_a_name_is_found_as_it_is_and_as_a_uri(uri: str) -> None:
    said = sarif(level="error", message={"text": "x"}, locations=placed(uri))
    assert [m.file for m in read_messages(said, frozenset({"6-tally/ü 1%.c"}))] == [
        "6-tally/ü 1%.c"
    ]


def test_a_result_without_a_level_is_what_its_rule_or_sarif_says() -> None:
    place = {"message": {"text": "x"}, "locations": placed(NAME)}
    assert read(sarif(ruleId="fatal error", **place)) == [f"{NAME}:3: error: x"]
    assert read(sarif(ruleId="-Wx", **place)) == [f"{NAME}:3: warning: x"]
    assert read(sarif(level="note", ruleId="error", **place)) == []


def test_documents_and_lines_are_read_in_their_order() -> None:
    first = recorded(Path("gcc-16/warnings.sarif"))
    second = recorded(Path("gcc-14/missing-semicolon.json"))
    third = recorded(Path("gcc-16/undefined-reference.sarif"))
    assert read(first + second + third) == [
        *expected("warnings"),
        *expected("missing-semicolon"),
        *expected("undefined-reference"),
    ]


def test_what_was_cut_off_says_nothing_of_its_own() -> None:
    whole = recorded(Path("gcc-16/warnings.sarif")).rstrip()
    for length in range(0, len(whole), 101):
        assert read(whole[:length]) == []


def test_after_some_broken_documents_lines_are_still_read() -> None:
    broken = "[\n" * (BROKEN_DOCUMENTS + 1)
    assert read(f"{broken}{NAME}:3:1: error: x\n") == [f"{NAME}:3: error: x"]


@pytest.mark.parametrize(
    "said",
    [
        "[" * 1_000_000,
        "[\n" * 500_000,
        '{"runs":' * 125_000,
        '[{"children":' * 80_000,
        "a" * 1_000_000,
        ":" * 1_000_000,
        "1:" * 500_000,
        "`" * 1_000_000,
        f"{NAME}:3:1: error: " + "x [-W" * 200_000,
        "undefined reference to `" * 40_000,
        "ld: " * 250_000,
        "a.o: in function " * 60_000,
        "[]\n" * 330_000,
    ],
    ids=lambda said: str(said)[:12],
)
def test_a_megabyte_of_anything_is_read_to_its_end(said: str) -> None:
    assert len(read(said)) <= 1


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("6-tally/tally.c:4: undefined reference to `f'", f"{NAME}:4: "),
        ("/submission/6-tally/tally.c:4: undefined reference to `f'", f"{NAME}:4: "),
        ("/usr/bin/ld: /submission/6-tally/tally.c:4: undefined reference to `f'", f"{NAME}:4: "),
        ("/submission/6-tally/tally.c:4:(.text+0xa): undefined reference to `f'", f"{NAME}:4: "),
        ("ld: /tmp/a.o: in function `m': tally.c:(.text+0x5): undefined reference to `f'", ""),
        ("tally.c:(.text+0x5): undefined reference to `f'", ""),
        (
            "/usr/bin/ld: Scrt1.o: in function `_start': (.text+0x17): undefined reference to `f'",
            "",
        ),
        ("(.text+0x17): undefined reference to `f'", ""),
        (
            "/bin/a-b-ld.bfd: /submission/6-tally/tally.c:4: undefined reference to `f'",
            f"{NAME}:4: ",
        ),
    ],
)
def test_each_way_in_which_ld_names_a_place_is_read(line: str, wanted: str) -> None:
    assert read(line) == [f"{wanted}error: undefined reference to f"]


# ---- documents with anything in any place


@cache
def documents() -> tuple[Any, ...]:
    names = ["gcc-12/warnings.json", "gcc-13/warnings.sarif", "gcc-16/unterminated-string.sarif"]
    decoder = json.JSONDecoder(strict=False)
    return tuple(decoder.raw_decode(recorded(Path(name)))[0] for name in names)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, entry in inner:
        yield from places(entry, (*above, name))


def with_other(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = value.copy()
    changed[path[0]] = with_other(value[path[0]], path[1:], new)
    return changed


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from([NAME, "/etc/passwd", "error", "warning", "note", "{{", "\x1b[2J", "\u202e"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["kind", "message", "locations", "caret", "file", "line", "runs", "text"]),
        inner,
        max_size=3,
    ),
    max_leaves=6,
)


def is_sound(message: Message) -> bool:
    return (
        message.kind in ("error", "warning")
        and (message.file in KNOWN and message.line > 0 or (message.file, message.line) == ("", 0))
        and str(message) == visible(str(message))
        and len(message.text) <= 300
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_with_anything_in_any_place_is_read(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(documents()))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        document = with_other(document, path, data.draw(anything))
    assert all(map(is_sound, read_messages(json.dumps(document), KNOWN)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RECORDED), st.integers(0), st.integers(0, 60), st.binary(max_size=20))
def test_a_stream_with_bytes_changed_is_read(path: Path, at: int, gone: int, new: bytes) -> None:
    whole = (FOLDER / path).read_bytes()
    at %= len(whole) + 1
    said = (whole[:at] + new + whole[at + gone :]).decode("utf-8", "replace")
    assert all(map(is_sound, read_messages(said, KNOWN)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                NAME,
                ":",
                "3",
                ": ",
                "error: ",
                "undefined reference to ",
                "`",
                "'",
                "[",
                "]",
                "{",
                "}",
                "(",
                ")",
                "\n",
                "\r",
                "\0",
                "/usr/bin/ld: ",
                "a.o: in function ",
                "[-W",
                "\x1b",
            ]
        )
        | st.text(max_size=3),
        max_size=25,
    ).map("".join)
)
def test_lines_made_of_a_linkers_words_are_read(said: str) -> None:
    assert all(map(is_sound, read_messages(said, KNOWN)))
