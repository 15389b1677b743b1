"""Error paths: say so, end with 1, print no result, leave nothing."""

from dataclasses import replace

from grader.facts.records import Leftovers
from grader.judge.failures import fails_properly, waits_after_failure
from tests.judging.story import Story


def failed() -> Story:
    return Story("12", "7").creates(1).fork_fails()


def test_a_proper_failure_is_right() -> None:
    run = failed().removes(1).says(1, "fork: no").ends(1, 1).run()
    assert fails_properly(run, "parent") is None


def test_going_on_is_found() -> None:
    run = failed().prints(1, "parent: 12").removes(1).says(1, "no").ends(1, 1).run()
    finding = fails_properly(run, "parent")
    assert finding is not None and "went on" in finding.message


def test_a_line_before_the_failure_is_not_after_it() -> None:
    run = Story().prints(1, "parent: 12").fork_fails().says(1, "no").ends(1, 1).run()
    assert fails_properly(run, "parent") is None


def test_exit_status_0_is_found() -> None:
    finding = fails_properly(failed().removes(1).says(1, "no").ends(1, 0).run(), "parent")
    assert finding is not None and finding.seen == "exit status 0"


def test_silence_is_found() -> None:
    finding = fails_properly(failed().removes(1).ends(1, 1).run(), "parent")
    assert finding is not None and "stderr" in finding.message


def test_a_segment_left_is_found_only_where_the_normal_run_leaves_none() -> None:
    run = failed().says(1, "no").ends(1, 1).run()
    assert fails_properly(run, "parent") is not None
    assert fails_properly(run, "parent", clean=False) is None


def test_a_child_left_running_is_found() -> None:
    run = Story("1", "2").fork(2).fork_fails().says(1, "no").ends(1, 1).ends(2).run()
    finding = fails_properly(run, "total")
    assert finding is not None and "was still running" in finding.message


def test_a_crash_is_found() -> None:
    run = Story().creates(1).call(1, "shmat", error="ENOMEM", injected=True).crashes(1).run()
    finding = fails_properly(run, "parent")
    assert finding is not None and "crashed" in finding.message


def test_a_semaphore_left_is_found_only_where_the_normal_run_leaves_none() -> None:
    right = failed().removes(1).says(1, "no").ends(1, 1).run()
    run = replace(right, leftovers=Leftovers(semaphores=1))
    finding = fails_properly(run, "parent")
    assert finding is not None and finding.seen == "a semaphore set"
    assert fails_properly(run, "parent", others=False) is None


def test_after_a_failing_fork_every_child_is_waited_for() -> None:
    def two() -> Story:
        return Story("1", "2", "3").fork(2).fork(3).fork_fails().ends(2).ends(3).waits(1, 2)

    finding = waits_after_failure(two().ends(1, 1).run())
    assert finding is not None
    assert finding.message == "When fork failed, the parent waited for 1 of its 2 children."
    assert waits_after_failure(two().waits(1, 3).ends(1, 1).run()) is None
