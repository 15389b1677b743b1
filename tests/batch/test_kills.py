"""A few kills at drawn moments; `python3 -m tests.batch.kills 50` makes many."""

from tests.batch.kills import trial


def test_a_class_that_was_killed_ends_with_the_same_gradebook() -> None:
    assert trial(kills=3, seed=20, students=4) == []
