"""What a run makes that nobody watches is compared, as far as the kernel tells it."""

from dataclasses import replace

import pytest

from grader.facts.records import Made, Run
from grader.judge.untraced import made, makes_something_else
from tests.judging.story import Story


def watched() -> Run:
    """One child, which runs another program, and one segment."""
    story = Story().creates(1).fork(2).call(2, "exec").ends(2)
    return story.run()


def test_a_helper_counts_as_a_process_here() -> None:
    run = watched()
    assert len(run.helpers) == 1 and made(run) == Made(1, 1)


@pytest.mark.parametrize("alone", [Made(1, 1), Made(), Made(1, None), Made(None, 1)], ids=str)
def test_as_much_or_not_known_is_no_difference(alone: Made) -> None:
    assert makes_something_else(watched(), replace(watched(), made=alone)) is None


@pytest.mark.parametrize(
    ("alone", "expected", "seen"),
    [
        (Made(0, 1), "1 child process, 1 segment", "0 child processes, 1 segment"),
        (Made(2, None), "1 child process", "2 child processes"),
        (Made(None, 0), "1 segment", "0 segments"),
    ],
)
def test_more_or_less_is_told(alone: Made, expected: str, seen: str) -> None:
    finding = makes_something_else(watched(), replace(watched(), made=alone))
    assert finding and (finding.expected, finding.seen) == (expected, seen)


def test_of_more_segments_than_the_kernel_counts_none_are_compared() -> None:
    story = Story()
    for number in range(1, 44):
        story.creates(1, number=number)
    run = story.run()
    assert makes_something_else(run, replace(run, made=Made(0, 7))) is None
