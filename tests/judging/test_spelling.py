"""A line that is right but for its form: it is recognized, said in words, and read as meant."""

from dataclasses import replace

import pytest

from grader.facts.records import Run
from grader.judge import codes
from grader.judge.output import KILLED, Answer, did_print, prints, results
from grader.judge.spelling import spelling_of, spelling_of_text
from tests.judging.story import Story

CHILD = Answer("child", "child: 19")
PARENT = Answer("parent", "parent: 12", by_parent=True)


def printed(child: str, parent: str, *more: str) -> Run:
    """A right program, whose two processes print these lines."""
    story = Story("12", "7").fork(2)
    for text in more:
        story.prints(1, text)
    story.prints(2, child).ends(2).waits(1, 2).prints(1, parent).ends(1)
    run = story.run()
    return replace(run, spelling=spelling_of(run, [CHILD, PARENT]))


FORMS = [
    ("child : 19", "parent : 12"),
    ("Child: 19", "Parent: 12"),
    ("child:19", "parent:12"),
    ("child:  19", "parent:\t12"),
    ("  child: 19", "  parent: 12"),
    ("child: 19.", "parent: 12 (unchanged)"),
    ("child = 19", "parent = 12"),
    ("child 19", "parent 12"),
    ("chlid: 19", "parrent: 12"),
    ("child: 12 + 7 = 19", "parent: still 12"),
    ("The child (process 4711) has 19 now", "The parent (process 4710) has 12 now"),
    ("19", "12"),
    ("sum: 19", "start: 12"),
    ("child: +19", "parent: 012"),
]


@pytest.mark.parametrize("child, parent", FORMS)
def test_another_form_is_read_as_it_is_meant(child: str, parent: str) -> None:
    run = printed(child, parent)
    assert did_print(run, CHILD) and did_print(run, PARENT)
    for answer in (CHILD, PARENT):
        found = prints(run, answer)
        assert found is not None and found.cause.code == codes.FORM, answer
        assert answer.text in found.message
    assert run.lines[0].text == child, "a report shows what was printed"


def test_the_form_is_that_of_another_run_too() -> None:
    run = printed("The child has 19 now", "12")
    other = Story("3", "4").fork(2).prints(2, "The child has 7 now").ends(2).waits(1, 2)
    other.prints(1, "3").ends(1)
    read = replace(other.run(), spelling=run.spelling)
    assert did_print(read, Answer("child", "child: 7"))
    assert did_print(read, Answer("parent", "parent: 3", by_parent=True))


@pytest.mark.parametrize(
    "debug", ["child 4711 started", "Parent: waiting for child 2", "12 and 7", "start = 12"]
)
def test_what_a_right_program_prints_besides_is_not_its_result(debug: str) -> None:
    run = printed("child: 19", "parent: 12", debug)
    assert prints(run, CHILD) is None and prints(run, PARENT) is None
    assert len(results(run, "child")) == len(results(run, "parent")) == 1


def test_a_wrong_number_in_another_form_is_wrong_by_its_number() -> None:
    found = prints(printed("Child: 19", "Parent: 19"), PARENT)
    assert found is not None and found.cause.code != codes.FORM
    assert "instead of" in found.message


def test_a_number_that_is_no_result_is_not_taken_for_one() -> None:
    run = printed("child: 19", "process 4711 is done")
    found = prints(run, PARENT)
    assert found is not None and found.cause.code == codes.MISSING_LINE


def test_the_line_about_the_signal_may_have_other_words() -> None:
    asked = Answer(KILLED, f"{KILLED} 11", by_parent=True)
    story = Story("42").fork(2).crashes(2).waits(1, 2)
    run = story.prints(1, "child was killed by signal 11 (Segmentation fault)").ends(1).run()
    read = replace(run, spelling=spelling_of(run, [asked]))
    assert did_print(read, asked)
    found = prints(read, asked)
    assert found is not None and found.cause.code == codes.FORM


TEXT = "see you at eight"


@pytest.mark.parametrize(
    "line", [TEXT, f"value:{TEXT}", f"Value : {TEXT}", f'value: "{TEXT}"', f"text = {TEXT}"]
)
def test_a_text_may_be_spelled_otherwise(line: str) -> None:
    spelling = spelling_of_text(line, TEXT)
    assert spelling.meaning(line, True) == f"value: {TEXT}"
    empty = line.replace(TEXT, "")
    assert spelling.meaning(empty.rstrip() or empty, True) == "value: "


@pytest.mark.parametrize("line", [f"value: {TEXT}", f"value: {TEXT} oclock", "value: see you"])
def test_another_text_is_no_other_form(line: str) -> None:
    assert spelling_of_text(line, TEXT).meaning(line, True) == ""
