"""Drawn inputs: the same for the same seed and submission, others for any other."""

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.random_values import LESSON_KEY, Draw, Seed, secret_of
from grader.hidden import test_1_fork_wait, test_2_sharing


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


def test_the_number_of_a_seed_draws_nothing_without_its_secret_half() -> None:
    seed, other = Seed.new(), Seed.new()
    known = secret_of(seed.number, b"content", "6-tally")
    assert numbers(secret_of(seed.number, b"content", "6-tally", seed.secret)) != numbers(known)
    assert numbers(secret_of(seed.number, b"content", "6-tally", seed.secret)) != numbers(
        secret_of(seed.number, b"content", "6-tally", other.secret)
    )


SHOWN = [Seed(0), Seed(7), Seed(2**32, "0" * 32), Seed.new()]


@pytest.mark.parametrize("seed", SHOWN, ids=["zero", "number", "both", "new"])
def test_a_seed_is_read_as_it_is_shown(seed: Seed) -> None:
    assert Seed.read(str(seed)) == seed


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "7.", ".7", "7.12", "7." + "G" * 32, "7." + "0" * 33, "9" * 61, "٣"]
)
def test_what_is_no_seed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no seed"):
        Seed.read(text)


def test_another_exercise_or_label_draws_others() -> None:
    secret = secret_of(7, b"content", "6-tally")
    assert numbers(secret) != numbers(secret_of(7, b"content", "2-sharing"))
    assert numbers(secret) != numbers(secret, "another label")


@given(st.integers(-(2**40), 2**40), st.integers(0, 1000), st.binary())
def test_a_number_lies_between_its_bounds(low: int, span: int, content: bytes) -> None:
    assert low <= Draw(secret_of(1, content, "x"), "y").int(low, low + span) <= low + span


@given(st.binary())
def test_a_number_is_none_of_those_left_out(content: bytes) -> None:
    draw = Draw(secret_of(1, content, "x"), "y")
    assert {draw.int(1, 4, but=(2, 3)) for _ in range(8)} <= {1, 4}


def test_leaving_out_all_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        Draw(secret_of(1, b"", "x"), "y").int(2, 3, but=(2, 3))


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


@pytest.mark.parametrize("hidden", [test_1_fork_wait, test_2_sharing])
@given(st.binary())
def test_the_examples_of_a_page_are_not_drawn(hidden: ModuleType, content: bytes) -> None:
    """A program that prints what the page shows is found with every seed."""

    class Drawing:
        def draw(self, label: str) -> Draw:
            return Draw(secret_of(1, content, "x"), label)

    start, change = hidden.drawn(Drawing()).args
    assert not {start, change, start + change} & {12, 7, 19}
