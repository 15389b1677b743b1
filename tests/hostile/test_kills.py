"""A few kills of the grader; `python3 -m tests.hostile.kills 50` makes many."""

import pytest

from tests.hostile.kills import trial
from tests.hostile.test_hostile import may_have_a_room


@pytest.mark.skipif(not may_have_a_room(), reason="no container can be made here")
def test_a_killed_grader_leaves_nothing_that_the_next_start_does_not_remove() -> None:
    wrong, hits = trial(kills=6)
    assert wrong == [] and hits >= 3
