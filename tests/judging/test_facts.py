"""Reading facts: what witness wrote is read whole, and what it did not write is refused."""

import pytest

from grader.facts.from_json import read_run
from grader.facts.records import FactsError
from tests.judging.story import Story


def test_facts_of_another_schema_are_refused() -> None:
    with pytest.raises(FactsError):
        read_run({"schema": "other/v1"})


def test_facts_without_a_process_are_refused() -> None:
    with pytest.raises(FactsError):
        read_run({"schema": "witness/v1", "verdict": "ended", "processes": []})


def test_only_calls_that_succeeded_are_ok() -> None:
    run = Story().creates(1).call(1, "shmget", error="ENOENT", key=9, size=0, flags=0).run()
    assert len(run.calls("shmget")) == 2
    assert len(run.calls("shmget", ok=True)) == 1
    assert run.calls("shmget", process=2) == ()


def test_calls_that_were_made_to_fail_are_faults_met() -> None:
    assert [call.name for call in Story().fork_fails().run().faults_met] == ["fork"]
    assert Story().fork_fails(injected=False).run().faults_met == ()


def test_children_and_grandchildren_are_told_apart() -> None:
    run = Story().fork(2).fork(3, parent=2).run()
    assert [p.number for p in run.children] == [2]
    assert [p.number for p in run.others] == [2, 3]


def test_lines_of_two_processes_are_put_together_in_order() -> None:
    run = Story().fork(2).prints(2, "a", "").prints(1, "b").prints(2, "c").run()
    assert [(line.text, line.process, line.writers) for line in run.lines] == [
        ("ab", 2, (2, 1)),
        ("c", 2, (2,)),
    ]


def test_a_mended_mode_is_told_as_the_program_asked_for_it() -> None:
    facts = Story(owner_mode=True).creates(1, mode=0o400).creates(1, mode=0o644, number=2, key=8)
    facts.creates(1, mode=0o600, number=3, key=9).mends(3, asked=0o4)
    assert [oct(segment.mode) for segment in facts.run().segments] == ["0o400", "0o644", "0o4"]
