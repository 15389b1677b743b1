"""Programs that the program runs are no children of the lesson."""

from __future__ import annotations

from grader.judge.fork_wait import forks, parent_waits
from grader.judge.narrate import story
from grader.judge.output import results
from grader.judge.segments import never_detached
from tests.judging.story import Story


def test_another_program_is_in_no_count_and_prints_no_labeled_line() -> None:
    run = Story().fork(2, how="clone", shares=True).call(2, "exec").prints(2, "child: 5")
    run = run.ends(2).waits(1, 2).fork(3).prints(3, "child: 5").ends(3).waits(1, 3)
    facts = run.prints(1, "parent: 1").ends(1).run()
    assert [child.number for child in facts.children] == [3]
    assert forks(facts, 1) is None and parent_waits(facts, "parent") is None
    assert [line.process for line in results(facts, "child")] == [3]
    assert not any("exec" in line or "process 2 has ended" in line for line in story(facts).lines)
    assert any("process 2 (another program)" in line for line in story(facts).lines)


def test_what_another_program_starts_belongs_to_it() -> None:
    run = Story().fork(2).call(2, "exec").fork(3, parent=2).call(3, "shmget", 7).ends(3).ends(2)
    facts = run.waits(1, 2).ends(1).run()
    assert facts.children == () and facts.calls("shmget") == ()


def test_who_calls_something_of_the_lesson_before_exec_is_a_child() -> None:
    run = Story().fork(2).call(2, "shmget", 7).call(2, "exec").ends(2).waits(1, 2).ends(1).run()
    assert [child.number for child in run.children] == [2]


def test_who_prints_a_labeled_line_before_exec_is_a_child() -> None:
    run = Story().fork(2).prints(2, "child: 5").call(2, "exec").ends(2).waits(1, 2).ends(1).run()
    assert [child.number for child in run.children] == [2]


def test_a_program_that_runs_itself_again_is_a_child() -> None:
    run = Story().fork(2).call(2, "exec", itself=True).ends(2).waits(1, 2).ends(1).run()
    assert [child.number for child in run.children] == [2]


def test_exec_detaches_nothing_for_the_program() -> None:
    address = "0x7f0000000000"
    story = Story().call(1, "shmat", address, segment=1, id=1).call(1, "exec").ends(1)
    assert [owed.process for owed in never_detached(story.run())] == [1]
