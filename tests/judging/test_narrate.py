"""The story of a run: short, in order, with all that the program itself said."""

from grader.judge.narrate import MOST_LINES, story, trouble
from tests.judging.story import Fact, Story

FORBIDDEN: Fact = {"address": "0x1000", "write_denied": True, "segment": 1, "read_only": True}


def crashed(fault: Fact | None) -> Story:
    return Story("12").creates(1).fork(2).crashes(2, 11, fault).waits(1, 2)


def test_what_went_to_stderr_is_told_with_who_said_it() -> None:
    run = Story("12").fork(2).says(2, "no room").ends(2, 1).waits(1, 2).ends(1, 1).run()
    assert any("process 2 (child)" in line and '"no room"' in line for line in story(run).lines)


def test_a_flood_on_stderr_leaves_room_for_the_rest() -> None:
    flood = Story("12")
    for number in range(200):
        flood.says(1, f"step {number}")
    lines = story(flood.prints(1, "parent: 12").ends(1).run()).lines
    assert len(lines) <= MOST_LINES + 4
    assert any('printed "parent: 12"' in line for line in lines)


def test_the_same_call_many_times_in_a_row_is_one_line() -> None:
    again = Story("12", "7")
    for _ in range(7500):
        again.fork_fails()
    lines = story(again.ends(1, 1).run()).lines
    assert len(lines) == 3 and lines[1].endswith(", 7500 times in a row")


def test_two_calls_that_differ_are_two_lines() -> None:
    lines = story(Story("12").fork(2).fork(3).ends(2).ends(3).ends(1).run()).lines
    assert sum("fork → child is process" in line for line in lines) == 2


def test_the_forbidden_write_is_no_trouble_and_the_exit_status_is() -> None:
    run = crashed(FORBIDDEN).says(1, "bad value").ends(1, 1).run()
    assert trouble(run) == (
        'Your program ended with exit status 1, and said on stderr: "bad value".'
    )


def test_any_other_crash_of_a_child_is_the_trouble() -> None:
    run = crashed(None).says(1, "the child failed").ends(1, 1).run()
    assert trouble(run) == "Process 2 (child) was ended by signal 11 (SIGSEGV)."


def test_where_all_went_well_there_is_no_trouble() -> None:
    assert trouble(Story("12").fork(2).ends(2).waits(1, 2).ends(1).run()) == ""


def test_a_line_of_two_processes_is_told_by_who_wrote_what() -> None:
    story_of_it = Story("12", "7").fork(2).prints(2, "from the child, ", newline="").ends(2)
    run = story_of_it.waits(1, 2).prints(1, "and from the parent").ends(1).run()
    lines = story(run).lines
    assert any("(child)" in line and line.endswith('"from the child, "') for line in lines)
    assert any("(parent)" in line and line.endswith('"and from the parent"') for line in lines)
