"""What a report's reader is told of a diagnosis: the comparison belongs to the evidence."""

from grader.report.model import FAILED, STUDENT, ExerciseResult, Finding, Report, TestResult
from grader.report.wording import blocks


def compared(*tests: TestResult, evidence: tuple[str, ...]) -> tuple[str, str]:
    """What stands above this evidence, of a diagnosis that explains all these tests."""
    names = tuple(test.id for test in tests)
    finding = Finding("x", "A mistake.", "2-sharing#remove-once", evidence=evidence, tests=names)
    exercise = ExerciseResult("2-sharing", "Sharing", 0, 2, (finding,), tests)
    (block,) = blocks(exercise, Report("s", "", "plain", 1, STUDENT, (exercise,)))
    return block.seen, block.expected


def lost(name: str, command: str, seen: str, expected: str) -> TestResult:
    return TestResult(
        name, name, FAILED, 0, 1, "hidden", evidence=(command,), seen=seen, expected=expected
    )


def test_the_comparison_is_of_the_run_that_is_shown() -> None:
    first = lost("a", "$ ./sharing 1 2", "parent: 1", "parent: 3")
    second = lost("b", "$ ./sharing 30 40", "30 in it", "70 in it")
    assert compared(first, second, evidence=("$ ./sharing 30 40",)) == ("30 in it", "70 in it")


def test_a_comparison_that_shows_no_difference_gives_way() -> None:
    same = lost("a", "$ ./tally 1", "total: 1", "total: 1")
    other = lost("b", "$ ./tally 1", "2 children", "1 child")
    assert compared(same, other, evidence=("$ ./tally 1",)) == ("2 children", "1 child")


def test_without_a_comparison_of_that_run_there_is_still_one() -> None:
    only = lost("a", "$ ./tally 1", "total: 2", "total: 1")
    assert compared(only, evidence=()) == ("total: 2", "total: 1")
