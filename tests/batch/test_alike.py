"""Pairs of students whose code is alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch import alike
from grader.batch.alike import Source, find_pairs, starter_lines, without_starter
from grader.batch.main import main
from tests.batch.conftest import FAST, KIT, NO_WAIT, RIGHT, STUB, Called
from tests.lacking import require

FILE = "1-fork-wait/fork_wait.c"
TALLY = (KIT / "solution" / "6-tally" / "tally.c").read_text("utf-8")
needs_sim = pytest.mark.needs("likeness")


def sources(**texts: str) -> list[Source]:
    return [Source(student, FILE, text) for student, text in texts.items()]


@needs_sim
def test_renamed_variables_do_not_hide_a_copy() -> None:
    renamed = TALLY.replace("child", "kid").replace("total", "sum").replace("slots", "boxes")
    files = [Source("ada", "6-tally/tally.c", TALLY), Source("bob", "6-tally/tally.c", renamed)]
    files += sources(cem=STUB)
    pairs = find_pairs(files)
    assert [(pair.first, pair.second) for pair in pairs] == [("ada", "bob")]
    passage = pairs[0].passages[0]
    assert "slots" in passage.first.text and "boxes" in passage.second.text


@needs_sim
def test_what_the_starter_gave_is_no_likeness() -> None:
    assert find_pairs(sources(ada=STUB, bob=STUB)) == ()


@needs_sim
def test_one_student_alone_is_like_nobody() -> None:
    twice = [Source("ada", "1-fork-wait/a.c", RIGHT), Source("ada", "1-fork-wait/b.c", RIGHT)]
    assert find_pairs(twice) == ()


@needs_sim
def test_text_that_is_no_c_does_no_harm() -> None:
    odd = "\x00\xff'\"/* never ended" * 100
    assert find_pairs(sources(ada=odd, bob=NO_WAIT, cem="")) == ()


def test_without_sim_a_class_is_graded_whole_and_says_what_is_left_out(
    small_class: Path,
    fast_policy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(alike, "PATH", str(tmp_path))
    out = tmp_path / "out"
    words = ["grade", str(small_class), "--out", str(out), "--policy", str(fast_policy), *FAST]
    assert main(words) == 0
    said = "left out: the search for code that is alike: sim_c missing: "
    assert alike.left_out("likeness", str(tmp_path)).startswith(said)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "left out" in line]
    assert line == alike.left_out("likeness", str(tmp_path))
    assert said in (out / "class.html").read_text("utf-8")
    statuses = [row["status"] for row in Called(0, "", "", out).gradebook.values()]
    assert statuses and set(statuses) == {"graded"}
    # Who installs it then is not graded again, and has the pairs.
    monkeypatch.undo()
    require("likeness")
    assert main([*words, "--quiet"]) == 0
    assert "left out" not in (out / "class.html").read_text("utf-8")


def test_lines_stay_where_they_are_when_the_starter_is_taken_away() -> None:
    text = without_starter(Source("ada", FILE, "int mine;\n" + STUB + "int mine_too;\n"))
    assert text.split("\n")[0] == "int mine;"
    assert text.count("\n") == STUB.count("\n") + 2
    assert "mine_too" in text and "strtol" not in text


def test_a_brace_is_nobody_s() -> None:
    assert not {"}", "{", "} else {", ""} & starter_lines("1-fork-wait")
    assert len(starter_lines("1-fork-wait")) > 10


def test_passages_of_one_pair_are_put_together() -> None:
    files = sources(ada=RIGHT, bob=RIGHT)
    said = "0-0.c: line 1-2   |1-1.c: line 3-4[20]\n\n1-1.c: line 5-6|0-0.c: line 7-8   [30]\n"
    (pair,) = alike.read_pairs(said, ["ada", "bob"], files)
    assert (pair.first, pair.second, pair.tokens) == ("ada", "bob", 50)
    assert [(p.first.begin, p.second.begin) for p in pair.passages] == [(1, 3), (7, 5)]
