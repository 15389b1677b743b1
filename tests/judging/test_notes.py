"""Notes: worth a word, and without points."""

from grader.base.exercise import exercise_of
from grader.diagnose import notes
from tests.judging.story import Story


def right() -> Story:
    return Story("12", "7").fork(2).prints(2, "child: 19").ends(2).waits(1, 2)


def test_a_plain_program_gets_no_note() -> None:
    assert notes(exercise_of("1-fork-wait"), [right().prints(1, "parent: 12").ends(1).run()]) == ()


def test_other_lines_are_noted() -> None:
    (note,) = notes(
        exercise_of("1-fork-wait"), [right().prints(1, "bye").prints(1, "parent: 12").ends(1).run()]
    )
    assert '"bye"' in note


def test_stderr_on_success_is_noted() -> None:
    (note,) = notes(exercise_of("1-fork-wait"), [right().says(1, "debug").ends(1).run()])
    assert "stderr" in note


def test_busy_waiting_is_noted() -> None:
    story = Story("1", "2").fork(2).call(1, "wait", 0, options=1).call(1, "wait", 0, options=1)
    (note,) = notes(
        exercise_of("1-fork-wait"), [story.ends(2).waits(1, 2, options=1).ends(1).run()]
    )
    assert "WNOHANG" in note


def test_a_segment_that_everybody_may_write_is_noted() -> None:
    story = Story("1", "2").creates(1, key=0, mode=0o666).removes(1).ends(1)
    (note,) = notes(exercise_of("2-sharing"), [story.run()])
    assert "0666" in note


def test_children_one_after_the_other_are_noted() -> None:
    story = Story("1", "2").fork(2).ends(2).waits(1, 2).fork(3).ends(3).waits(1, 3).ends(1)
    (note,) = notes(exercise_of("6-tally"), [story.run()])
    assert "one after the other" in note
