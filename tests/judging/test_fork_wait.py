"""fork and wait: what counts as a child, and what counts as waiting for it."""

import pytest

from grader.judge.fork_wait import forks, forks_copies, leaves_none_unwaited, parent_waits
from tests.judging.story import Story


def right() -> Story:
    return (
        Story("12", "7")
        .fork(2)
        .prints(2, "child: 19")
        .ends(2)
        .waits(1, 2)
        .prints(1, "parent: 12")
        .ends(1)
    )


def test_a_child_that_is_waited_for_is_right() -> None:
    run = right().run()
    assert parent_waits(run, "parent") is None
    assert forks(run, 1) is None
    assert forks_copies(run) is None


def test_a_parent_that_never_waits_is_found() -> None:
    run = (
        Story("12", "7")
        .fork(2)
        .prints(1, "parent: 12")
        .ends(1)
        .prints(2, "child: 19")
        .ends(2)
        .run()
    )
    finding = parent_waits(run, "parent")
    assert finding is not None
    assert finding.message == "The parent never waited for its child."
    assert any("never called wait" in line for line in finding.evidence.lines)


def test_a_wait_after_the_line_comes_too_late() -> None:
    run = Story().fork(2).prints(1, "parent: 12").ends(2).waits(1, 2).ends(1).run()
    finding = parent_waits(run, "parent")
    assert finding is not None and "before it waited" in finding.message


def test_wnowait_alone_is_not_waiting() -> None:
    run = (
        Story().fork(2).ends(2).waits(1, 2, options=0x1000004).prints(1, "parent: 1").ends(1).run()
    )
    assert parent_waits(run, "parent") is not None


def test_wnohang_that_finds_the_ended_child_is_waiting() -> None:
    run = Story().fork(2).ends(2).waits(1, 2, options=1).prints(1, "parent: 1").ends(1).run()
    assert parent_waits(run, "parent") is None


def test_wnohang_once_too_early_is_not_waiting() -> None:
    story = Story().fork(2).call(1, "wait", 0, options=1).prints(1, "parent: 1").ends(1).ends(2)
    finding = parent_waits(story.run(), "parent")
    assert finding is not None and "WNOHANG" in finding.message


def test_with_sigchld_ignored_a_wait_until_echild_is_waiting() -> None:
    story = Story().fork(2)
    began = story._next()
    story.ends(2).wait_fails(1, "ECHILD", began, [2]).prints(1, "parent: 1").ends(1)
    assert parent_waits(story.run(), "parent") is None


def test_echild_of_a_zombie_that_nobody_asked_for_is_not_waiting() -> None:
    """As of a second wait for the last of several children, while SIGCHLD is not ignored."""
    story = Story().fork(2).fork(3)
    began = story._next()
    story.ends(2).ends(3).waits(1, 3).wait_fails(1, "ECHILD", began).prints(1, "total: 1").ends(1)
    finding = parent_waits(story.run(), "total")
    assert finding is not None and "1 of its 2 children" in finding.message
    assert leaves_none_unwaited(story.run()) is not None


def test_echild_of_a_wait_that_began_after_the_end_is_not_waiting() -> None:
    run = Story().fork(2).ends(2).wait_fails(1).prints(1, "parent: 1").ends(1).run()
    assert parent_waits(run, "parent") is not None


def test_an_injected_echild_is_not_waiting() -> None:
    story = Story().fork(2)
    began = story._next()
    story.ends(2)._event(
        1, "call", call="wait", began=began, result=None, error="ECHILD", injected=True
    )
    assert parent_waits(story.ends(1).run(), "parent") is not None


def test_a_wait_of_the_child_is_not_the_parents() -> None:
    run = Story().fork(2).wait_fails(2).prints(1, "parent: 1").ends(1).ends(2).run()
    finding = parent_waits(run, "parent")
    assert finding is not None and "never waited" in finding.message


def test_one_wait_for_two_children_is_told_with_both_numbers() -> None:
    run = Story().fork(2).fork(3).ends(2).ends(3).waits(1, 2).prints(1, "total: 5").ends(1).run()
    finding = parent_waits(run, "total")
    assert finding is not None and "1 of its 2 children" in finding.message


def test_a_grandchild_that_is_left_running_is_one_process_too_many_and_costs_once() -> None:
    run = (
        Story().fork(2).fork(3, parent=2).ends(2).waits(1, 2).prints(1, "parent: 1").ends(1).ends(3)
    ).run()
    finding = forks(run, 1)
    assert (
        finding is not None
        and "process 3 (child of process 2) was still running" in finding.message
    )
    assert parent_waits(run, "parent") is None


@pytest.mark.parametrize("how,shares", [("vfork", True), ("clone", True)])
def test_a_process_that_shares_the_memory_is_no_copy(how: str, shares: bool) -> None:
    run = Story().fork(2, how=how, shares=shares).ends(2).waits(1, 2).ends(1).run()
    assert forks_copies(run) is not None


def test_a_clone_that_copies_is_a_fork() -> None:
    run = Story().fork(2, how="clone").ends(2).waits(1, 2).ends(1).run()
    assert forks_copies(run) is None


def test_two_children_are_one_too_many() -> None:
    run = Story().fork(2).fork(3).ends(2).ends(3).waits(1, 2).waits(1, 3).ends(1).run()
    finding = forks(run, 1)
    assert finding is not None and finding.seen == "2 children"


def test_no_child_is_right_for_no_values() -> None:
    assert forks(Story().prints(1, "total: 0").ends(1).run(), 0) is None


def test_a_child_that_is_waited_for_in_the_end_leaves_nobody() -> None:
    late = Story("1").fork(2).ends(2).prints(1, "total: 1").waits(1, 2).ends(1).run()
    assert parent_waits(late, "total") is not None
    assert leaves_none_unwaited(late) is None


def test_a_child_that_nobody_waits_for_is_left() -> None:
    run = Story("1", "2").fork(2).fork(3).ends(2).ends(3).waits(1, 2).ends(1).run()
    finding = leaves_none_unwaited(run)
    assert finding is not None
    assert finding.message == "The parent waited for 1 of its 2 children."


def test_no_child_left_after_the_end_is_as_good_as_a_wait() -> None:
    """As where SIGCHLD is ignored; here the parent was held until the child had ended."""
    run = Story("1").fork(2).ends(2).wait_fails(1, released=[2]).ends(1).run()
    assert leaves_none_unwaited(run) is None
