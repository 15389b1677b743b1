"""Drawn inputs: the same for the same seed and submission, others for any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.draw import LESSON_KEY, Draw, secret_of


def numbers(secret: bytes, label: str = "a label") -> list[int]:
    draw = Draw(secret, label)
    return [draw.int(0, 2**32) for _ in range(4)]


def test_the_same_seed_content_exercise_and_label_draw_the_same() -> None:
    assert numbers(secret_of(7, b"content", "6-tally")) == numbers(
        secret_of(7, b"content", "6-tally")
    )


@pytest.mark.parametrize(
    "other", [secret_of(8, b"content", "6-tally"), secret_of(7, b"Content", "6-tally")]
)
def test_another_seed_or_a_changed_submission_draws_others(other: bytes) -> None:
    assert numbers(secret_of(7, b"content", "6-tally")) != numbers(other)


def test_another_exercise_or_label_draws_others() -> None:
    secret = secret_of(7, b"content", "6-tally")
    assert numbers(secret) != numbers(secret_of(7, b"content", "2-sharing"))
    assert numbers(secret) != numbers(secret, "another label")


@given(st.integers(-(2**40), 2**40), st.integers(0, 1000), st.binary())
def test_a_number_lies_between_its_bounds(low: int, span: int, content: bytes) -> None:
    assert low <= Draw(secret_of(1, content, "x"), "y").int(low, low + span) <= low + span


@given(st.binary())
def test_a_key_is_positive_and_not_the_lessons(content: bytes) -> None:
    assert 0 < Draw(secret_of(1, content, "x"), "y").key() < 2**31
    assert Draw(secret_of(1, content, "x"), "y").key() != LESSON_KEY


def test_distinct_numbers_are_distinct() -> None:
    assert sorted(Draw(b"", "x").distinct(10, 1, 10)) == list(range(1, 11))


def test_nothing_to_draw_from_is_refused() -> None:
    with pytest.raises(ValueError):
        Draw(b"", "x").int(2, 1)
    with pytest.raises(ValueError):
        Draw(b"", "x").distinct(3, 1, 2)
