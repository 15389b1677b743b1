"""What works only with zeros behind a segment, or only while process ids are small."""

from __future__ import annotations

import pytest

from grader.judge import codes
from grader.judge.surroundings import (
    LARGE_ID,
    holds,
    reads_past_the_end,
    takes_an_id_for_the_status,
)
from tests.judging.story import Story


def tally(total: int, size: int = 8, **options: object) -> Story:
    return Story("3", "4", **options).creates(1, size).prints(1, f"total: {total}").ends(1)


def test_reading_past_the_end_shows_both_totals_and_the_size() -> None:
    finding = reads_past_the_end(tally(1515870835, past_end=True).run(), tally(25).run())
    assert finding.cause.code == codes.READS_PAST_THE_END
    assert finding.expected.startswith("total: 25\n")
    assert finding.seen.startswith("total: 1515870835\n")
    assert finding.evidence.lines[-1].startswith("the segment has 8 bytes")


@pytest.mark.parametrize(("size", "enough"), [(8, True), (9, True), (7, False), (1, False)])
def test_a_segment_that_is_too_small_is_told_by_its_size(size: int, enough: bool) -> None:
    assert holds(tally(25, size).run(), 8) is enough


def test_an_id_taken_for_a_status_is_shown_with_the_id() -> None:
    large = Story("1", "2").fork(2).prints(2, "child: 3").ends(2).waits(1, 2).ends(1, 1).run()
    plain = Story("1", "2").fork(2).prints(2, "child: 3").ends(2).waits(1, 2)
    finding = takes_an_id_for_the_status(large, plain.prints(1, "parent: 1").ends(1).run())
    assert finding.cause.code == codes.ID_FOR_STATUS
    assert "parent: 1" in finding.expected and "parent: 1" not in finding.seen
    assert f"ID is {large.forks[0].result}" in finding.seen


def test_no_large_id_has_the_exit_status_0() -> None:
    """As WEXITSTATUS sees it, for the ids of the first 65,000 processes."""
    assert all(number >> 8 & 0xFF for number in range(LARGE_ID, LARGE_ID << 8))
    assert LARGE_ID - 1 >> 8 & 0xFF == 0
