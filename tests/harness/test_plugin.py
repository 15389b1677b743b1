"""Verdicts: what a hidden test's end means for the report."""

import importlib.util
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from grader.base.check import Fault
from grader.base.exercise import Exercise
from grader.facts.command import Command
from grader.facts.records import Run
from grader.grading.catalogue import Entry, entry_of
from grader.grading.pytest_plugin import run_tests
from grader.grading.submission import Submission
from grader.grading.valgrind import Memory
from grader.report.model import FAILED, NOT_REACHED, PASSED, TestResult

HEAD = """
from grader.base.exercise import Exercise
from grader.base.check import Fault, NotReached, check
from grader.judge.evidence import Evidence
from grader.judge.finding import Failed, Finding
EXERCISE = Exercise("9-test", "a test", "a.c", "a")
say = dict(concept="c", section="9-test#s", hint="a hint")
"""
Judge = Callable[[str], dict[str, TestResult]]


class NoMachine:
    """A machine that cannot run anything."""

    def run(self, commands: Sequence[Command]) -> list[Run]:
        raise Fault("this machine runs nothing")

    def memory(self, commands: Sequence[Command]) -> Memory:
        return Memory()


@pytest.fixture
def judge(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Judge]:
    """The results of a hidden test file with this text."""
    name = f"hidden_{abs(hash(request.node.name))}"

    def run(text: str) -> dict[str, TestResult]:
        file = tmp_path / f"{name}.py"
        file.write_text(HEAD + textwrap.dedent(text))
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        entry: Entry = entry_of(module)
        exercise: Exercise = entry.exercise
        submission = Submission(exercise, NoMachine(), b"secret", {})
        return {test.short_id: test for test in run_tests(entry, submission)}

    yield run
    sys.modules.pop(name, None)


def test_a_test_that_returns_has_passed_with_all_its_points(judge: Judge) -> None:
    results = judge(
        '''
        @check(points=3, **say)
        def test_waits(submission):
            """The parent waits."""
        '''
    )
    waits = results["waits"]
    assert (waits.verdict, waits.points, waits.max_points) == (PASSED, 3, 3)
    assert (waits.id, waits.name) == ("9-test/waits", "The parent waits")
    assert (waits.section, waits.visibility) == ("assignment/9-test#s", "hidden")


def test_failed_carries_what_was_asked_seen_and_the_evidence(judge: Judge) -> None:
    results = judge(
        """
        @check(points=3, **say)
        def test_waits(submission):
            raise Failed(Finding("It never waited.", "19", "12", Evidence(("a", "b"))))
        """
    )
    waits = results["waits"]
    assert (waits.verdict, waits.points, waits.message) == (FAILED, 0, "It never waited.")
    assert (waits.expected, waits.seen, waits.evidence) == ("19", "12", ("a", "b"))


def test_a_plain_assert_is_failed_with_its_message_or_the_hint(judge: Judge) -> None:
    results = judge(
        """
        @check(points=1, **say)
        def test_said(submission):
            assert 1 == 2, "one is not two"

        @check(points=1, **say)
        def test_silent(submission):
            assert 1 == 2
        """
    )
    assert results["said"].verdict == results["silent"].verdict == FAILED
    assert results["said"].message == "one is not two"
    assert results["silent"].message == "a hint"


def test_not_reached_says_why_and_earns_nothing(judge: Judge) -> None:
    results = judge(
        """
        @check(points=1, **say)
        def test_waits(submission):
            raise NotReached("no child was forked")
        """
    )
    waits = results["waits"]
    assert (waits.verdict, waits.points, waits.message) == (NOT_REACHED, 0, "no child was forked")
    assert waits.fault is None


@pytest.mark.parametrize(
    "line", ["raise Fault('no memory')", "None.lines", "submission.run(1)", "raise SystemExit(0)"]
)
def test_the_graders_own_trouble_is_a_fault_without_points(judge: Judge, line: str) -> None:
    results = judge(
        f"""
        @check(points=1, **say)
        def test_waits(submission):
            {line}

        @check(points=1, **say)
        def test_another(submission):
            pass
        """
    )
    waits = results["waits"]
    assert (waits.verdict, waits.points) == (NOT_REACHED, None)
    assert waits.fault
    assert results["another"].verdict == PASSED


def test_what_is_needed_is_run_first_and_must_have_passed(judge: Judge) -> None:
    results = judge(
        '''
        @check(points=1, needs=["creates"], **say)
        def test_removes(submission):
            pass

        @check(points=1, needs=["prints"], **say)
        def test_changes(submission):
            pass

        @check(points=1, **say)
        def test_creates(submission):
            """It creates a segment."""
            assert False, "nothing was created"

        @check(points=1, **say)
        def test_prints(submission):
            pass
        '''
    )
    assert results["removes"].verdict == NOT_REACHED
    assert "It creates a segment" in results["removes"].message
    assert results["changes"].verdict == PASSED
    assert list(results) == ["removes", "changes", "creates", "prints"]


def test_a_file_that_cannot_be_collected_is_a_fault(judge: Judge) -> None:
    results = judge(
        """
        @check(points=1, **say)
        def test_waits(submission, no_such_fixture):
            pass
        """
    )
    assert results["waits"].fault and results["waits"].points is None


def test_a_function_without_the_decorator_is_no_check(judge: Judge) -> None:
    assert judge("def test_nothing(submission): pass") == {}
