"""One mistake costs once, and the report says what was made easier for that."""

from grader.base.exercise import exercise_of
from grader.diagnose import notes
from tests.judging.story import Story


def late_child() -> Story:
    """The parent prints and ends first."""
    return Story("12", "7", schedule="parent-first").fork(2).prints(1, "parent: 12").ends(1)


def kind(schedule: str = "child-first") -> Story:
    return Story("12", "7", schedule=schedule).fork(2).prints(2, "child: 19").ends(2)


def test_a_kind_run_is_told_where_the_parent_does_not_wait() -> None:
    runs = [late_child().ends(2).run(), kind().prints(1, "parent: 12").ends(1).run()]
    assert any(
        "with the children first" in note for note in notes(exercise_of("1-fork-wait"), runs)
    )


def test_nothing_is_told_where_the_parent_waits() -> None:
    story = kind("parent-first").waits(1, 2).prints(1, "parent: 12").ends(1)
    assert not notes(exercise_of("1-fork-wait"), [story.run(), kind().waits(1, 2).ends(1).run()])


def test_a_segment_that_the_grader_removed_is_told() -> None:
    story = Story("1", "2", schedule="parent-first").creates(1, key=24601).ends(1)
    assert any(
        "removed it after each run" in note
        for note in notes(exercise_of("2-sharing"), [story.run()])
    )
