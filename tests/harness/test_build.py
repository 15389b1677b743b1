"""Building a submission: in the sandbox, from its sources alone; its messages show no more."""

import json
from dataclasses import replace

import pytest

from grader.base.check import Fault
from grader.base.exercise import Exercise
from grader.grading import compile as module
from grader.grading.compile import Built, build
from grader.grading.compiler import Abilities
from grader.grading.compiler_messages import Message, read_messages
from grader.grading.intake import Intake, Source
from grader.sandbox import HOME, Held, Placed

TALLY = Exercise("6-tally", "tally", "tally.c", "tally")
KEEPER = Exercise("4-keeper", "keeper", "keeper.c", "keeper", None, ("3-segment/segment.c",))
MAIN = "int main(void) { return 0; }\n"


def built(code: str, exercise: Exercise = TALLY, **extras: str) -> Built:
    sources = tuple(
        Source(name.replace("_", "."), text.encode()) for name, text in sorted(extras.items())
    )
    own = Source(exercise.source, code.encode())
    return build(exercise, Intake(exercise.id, own, sources, "", ()))


def test_a_program_is_built() -> None:
    done = built(MAIN)
    assert done.ok and done.errors == () and done.warnings == () and done.trouble == ""


def test_warnings_are_told_with_their_line() -> None:
    done = built("int main(void)\n{\n    int unused;\n    return 0;\n}\n")
    assert done.ok
    assert [(w.file, w.line) for w in done.warnings] == [("6-tally/tally.c", 3)]
    assert "unused" in done.warnings[0].text


def test_an_error_is_told_with_its_line() -> None:
    done = built("int main(void)\n{\n    return x;\n}\n")
    assert not done.ok
    assert str(done.errors[0]).startswith("6-tally/tally.c:3: error: ")


def test_what_was_not_read_is_not_built() -> None:
    done = build(TALLY, Intake("6-tally", None, (), "6-tally/tally.c is missing", ()))
    assert not done.ok and done.trouble == "6-tally/tally.c is missing"


def test_another_file_beside_is_linked() -> None:
    done = built(
        '#include "more.h"\n' + MAIN.replace("0", "more()"),
        more_c="int more(void) { return 0; }\n",
        more_h="int more(void);\n",
    )
    assert done.ok and done.notes == ()


def test_an_old_file_with_its_own_main_does_no_harm() -> None:
    assert built(MAIN, old_c=MAIN).ok


def test_a_file_beside_that_does_not_compile_is_a_note() -> None:
    done = built(MAIN, old_c="int old(void) { return x; }\n")
    assert done.ok and done.errors == ()
    assert "6-tally/old.c does not compile and is left out" in done.notes[0]


def test_its_errors_are_told_where_its_symbols_are_missing() -> None:
    done = built(
        "int old(void);\n" + MAIN.replace("0", "old()"), old_c="int old(void) { return x; }\n"
    )
    assert not done.ok
    told = "\n".join(map(str, done.errors))
    assert "undefined reference to old" in told and "6-tally/old.c:1: error" in told


def test_no_main_function_is_said_in_words() -> None:
    assert "there is no main function" in str(built("int x;\n").errors[0])


def test_a_symbol_that_is_missing_is_told_with_the_students_line() -> None:
    done = built("int other(void);\nint main(void)\n{\n    return other();\n}\n")
    assert str(done.errors[0]) == "6-tally/tally.c:4: error: undefined reference to other"


def test_the_keeper_is_linked_with_the_reference_and_the_given_header() -> None:
    code = '#include "segment.h"\nint main(void) { return segment_remove(segment_access(1)); }\n'
    assert built(code, KEEPER).ok


def test_a_keeper_with_functions_of_its_own_is_built() -> None:
    own = '#include "segment.h"\nint segment_access(key_t key) { return key; }\n'
    assert built(own + "int main(void) { return segment_access(0); }\n", KEEPER).ok


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/proc/self/environ",
        "../../solution/6-tally/tally.c",
        "../solution/6-tally/tally.c",
        "../3-segment/segment.c",
    ],
)
def test_an_include_reads_nothing_of_the_host(path: str) -> None:
    done = built(f'#include "{path}"\n' + MAIN)
    shown = repr((done.errors, done.warnings, done.trouble))
    assert not done.ok or path == "/proc/self/environ"
    assert "root:" not in shown and "shmget" not in shown


def test_the_assembler_reads_nothing_of_the_host() -> None:
    assert not built('__asm__(".incbin \\"/etc/passwd\\"");\n' + MAIN).ok


@pytest.mark.parametrize(
    "code",
    [
        '#include "/dev/zero"\n',
        '#include "/dev/stdin"\n' + MAIN,
        '#include "tally.c"\n',
        "char big[1ull << 32] = {1};\n" + MAIN,
        "#define A(x) x x x x x x x x\n#define B(x) A(A(A(A(x))))\nint B(B(B(x)))\n",
        "int x = " + "(" * 100_000 + "1" + ")" * 100_000 + ";\n" + MAIN,
    ],
    ids=["zeros", "stdin", "itself", "4 GB", "macros", "brackets"],
)
def test_a_source_that_eats_the_compiler_ends_within_the_limits(code: str) -> None:
    done = built(code)
    assert done.ok or done.errors or done.trouble


def test_a_line_directive_shows_no_other_file() -> None:
    done = built('#line 1 "/etc/passwd"\nint x = y;\n')
    assert not done.ok and done.errors == ()
    assert "none of its messages points to a line of this submission" in done.trouble


def test_a_message_cannot_move_the_cursor_or_command_a_ci() -> None:
    done = built("#error \x1b[2J::set-output name=a::b \u202e\n")
    assert str(done.errors[0]).startswith("6-tally/tally.c:1: error: ")
    assert "\x1b" not in done.errors[0].text and "\u202e" not in done.errors[0].text


def test_windows_line_ends_and_a_byte_order_mark_compile() -> None:
    assert built("\ufeff" + MAIN.replace("\n", "\r\n")).ok


def printing(text: str) -> str:
    """C that makes the assembler print this."""
    return f"__asm__({json.dumps('.print ' + json.dumps(text))});\n"


def test_a_document_that_the_assembler_is_made_to_print_is_no_traceback() -> None:
    place = {"caret": {"file": "6-tally/tally.c", "line": float("inf")}}
    forged = [{"kind": "error", "message": "x", "locations": [place]}]
    done = built(printing(json.dumps(forged)) + MAIN)
    assert done.ok and done.warnings == ()


def test_a_megabyte_that_the_assembler_is_made_to_print_is_read() -> None:
    done = built(printing("a" * 900_000) + MAIN)
    assert done.ok and done.warnings == ()


def test_what_the_assembler_says_of_a_line_is_told() -> None:
    done = built('int main(void)\n{\n    __asm__("nonsense");\n    return 0;\n}\n')
    told = "6-tally/tally.c:3: error: no such instruction: `nonsense'"
    assert [str(error) for error in done.errors] == [told]


def test_thousands_of_warnings_are_no_reason_not_to_build() -> None:
    many = "".join(f"static int unused_{number};\n" for number in range(4000))
    done = built(many + MAIN)
    assert done.ok and done.trouble == ""
    assert str(done.warnings[0]) == (
        "6-tally/tally.c:4000: warning: ‘unused_3999’ defined but not used"
    )


def test_what_some_gcc_refuses_and_another_takes_is_a_warning_in_the_students_other_files() -> None:
    done = built(
        "int more(void);\n" + MAIN.replace("0", "more()"),
        more_c="int more(void) { f(0); }\nf() {}\n",
    )
    assert done.ok and done.notes == ()


KNOWN = frozenset({"6-tally/tally.c"})


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[",
        "[]",
        "[1]",
        '[{"kind": "error"}]',
        "[" * 100_000,
        '{"kind": "error"}',
        '[{"locations": []}]',
    ],
)
def test_what_is_no_message_is_ignored(said: str) -> None:
    assert list(read_messages(said, KNOWN)) == []


def test_the_same_message_is_told_once() -> None:
    line = "tally.c:(.text+0x5): undefined reference to `other'\n"
    assert list(read_messages(line * 3, KNOWN)) == [
        Message("error", "", 0, "undefined reference to other")
    ]


def test_a_message_reads_like_the_compilers() -> None:
    message = Message("error", "6-tally/tally.c", 3, "expected ;")
    assert str(message) == "6-tally/tally.c:3: error: expected ;"
    assert str(replace(message, file="", line=0)) == "error: expected ;"


@pytest.mark.parametrize("limit", ["SECONDS", "ALL_SECONDS"])
def test_who_meets_a_limit_on_a_machine_that_is_slow_for_everybody_is_not_blamed(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(module, limit, 0.001)
    monkeypatch.setattr(module, "QUICK_SECONDS", 1000)
    assert "the compiler didn't finish within" in built(MAIN).trouble
    monkeypatch.setattr(module, "QUICK_SECONDS", 0)
    with pytest.raises(Fault, match="this machine is too slow: compiling an empty program"):
        built(MAIN)


def test_messages_of_a_kind_that_nobody_knows_are_asked_for_as_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the compiler can do was found out wrongly: its document is not read, its lines are."""
    unknown = Abilities(messages=("-fdiagnostics-format=x",))
    monkeypatch.setattr(module, "abilities", lambda: unknown)
    mine = [Placed(f"{HOME}/a/a.c", Held(b"int main(void) { return 0 }\n"))]
    command = ["gcc", "-fdiagnostics-format=x", "-o", module.OUTPUT, "a/a.c"]
    made = module._compile(command, mine, frozenset({"a/a.c"}))
    assert made.output is None and not made.trouble
    assert made.errors[0].line == 1 and "expected" in made.errors[0].text
