"""What a compiler can do is found out by trying it, whatever it calls itself."""

from pathlib import Path

import pytest

from grader.base.check import Fault
from grader.grading import compiler as module
from grader.grading.compiler import JSON, LENIENT, SARIF, Abilities, abilities

NO_OPTION, PERMISSIVE, NO_ERRORS = LENIENT
IMPLICIT = "implicit declaration of function"
UNDECLARED = "undeclared (first use in this function)"


def entry(kind: str, line: int, text: str) -> str:
    place = f'{{"caret": {{"file": "<stdin>", "line": {line}}}}}'
    return f'{{"kind": "{kind}",\n "message": "{text}",\n "locations": [{place}]}}'


def result(kind: str, line: int, text: str) -> str:
    place = f'{{"artifactLocation": {{"uri": "<stdin>"}}, "region": {{"startLine": {line}}}}}'
    said = f'"level": "{kind}", "message": {{"text": "{text}"}}'
    return f'{{{said}, "locations": [{{"physicalLocation": {place}}}]}}'


def document(option: str, kind: str) -> str:
    pairs = ((kind, 5, IMPLICIT), ("error", 5, UNDECLARED))
    if option == JSON:
        return f"[{entry(*pairs[0])},\n {entry(*pairs[1])}]"
    if option == SARIF:
        return f'{{"runs": [{{"results": [{result(*pairs[0])},\n {result(*pairs[1])}]}}]}}'
    return "\n".join(f"<stdin>:{line}:1: {kind}: {text}" for kind, line, text in pairs)


def compiler(folder: Path, formats: tuple[str, ...], lenient: str | None) -> str:
    """A compiler that knows these formats, and warns of old code by itself (""), with this option,
    or never (None)."""
    lines = ["#!/bin/sh", "kind=error; form=", "for word; do case $word in"]
    if lenient:
        lines += [f"{lenient}) kind=warning ;;"]
    lines += [f"{form}) form={form} ;;" for form in formats if form]
    lines += ["-fdiagnostics-format=*) echo 'error: unrecognized argument' >&2; exit 1 ;;"]
    lines += ["esac; done", "kind=warning" if lenient == "" else ":", "case $kind$form in"]
    for kind in ("error", "warning"):
        for form in (*formats, ""):
            lines += [f"{kind}{form}) cat <<'END' >&2", document(form, kind), "END", ";;"]
    lines += ["esac", "exit 1"]
    path = folder / "cc"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "formats, lenient, wanted",
    [
        ((JSON,), "", Abilities((JSON,), NO_OPTION)),  # gcc 12
        ((JSON, SARIF), "-fpermissive", Abilities((JSON,), PERMISSIVE)),  # gcc 14
        ((SARIF,), "-fpermissive", Abilities((SARIF,), PERMISSIVE)),  # gcc 16
        ((), "-Wno-error=implicit-int", Abilities((), NO_ERRORS)),  # clang
        ((), "", Abilities((), NO_OPTION)),
        ((SARIF,), None, Abilities((SARIF,), NO_OPTION)),
    ],
)
def test_a_compiler_is_known_by_what_it_writes(
    formats: tuple[str, ...], lenient: str | None, wanted: Abilities, tmp_path: Path
) -> None:
    assert abilities(compiler(tmp_path, formats, lenient)) == wanted


def test_a_compiler_that_says_nothing_or_is_not_there_can_do_nothing(tmp_path: Path) -> None:
    assert abilities(str(tmp_path / "none")) == Abilities()
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    assert abilities(str(silent)) == Abilities()


def test_a_compiler_that_does_not_answer_in_time_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr(module, "SECONDS", 0.05)
    with pytest.raises(Fault, match="too slow"):
        abilities(str(slow))


def test_it_is_asked_once(tmp_path: Path) -> None:
    path = compiler(tmp_path, (JSON,), "")
    first = abilities(path)
    Path(path).unlink()
    assert abilities(path) is first
