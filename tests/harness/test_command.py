"""A command as the witness reads it."""

from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from grader.facts.command import command, percent_encoded, series_text

WORDS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1)


def test_a_plain_run_on_a_terminal() -> None:
    assert command(12, -7).words("/p") == ["--stdout", "terminal", "--", "/p", "12", "-7"]


def test_every_option_is_handed_on() -> None:
    words = command(
        "create",
        stdout="pipe",
        schedule="parent-first",
        fail=["fork:EAGAIN", "shmat:ENOMEM@2"],
        poke=[(1, 19, 7)],
        signal=(11, 15),
        content=True,
        traced=False,
        limits={"wall_ms": 1000},
        linger=0,
    ).words("/p")
    assert words == [
        *("--schedule", "parent-first", "--fail", "fork:EAGAIN", "--fail", "shmat:ENOMEM@2"),
        *("--poke", "1:19:7", "--signal", "11:15", "--content", "--untraced"),
        *("--limit", "wall-ms=1000", "--linger", "0", "--", "/p", "create"),
    ]


def test_one_fault_may_be_given_alone() -> None:
    assert command(fail="fork:EAGAIN") == command(fail=["fork:EAGAIN"])


def test_an_empty_word_is_a_lone_percent_sign() -> None:
    assert series_text([["a", "", "b c\n%"]]) == "a % b%20c%0A%25\n"


@given(WORDS)
def test_a_word_comes_back_as_it_was(word: str) -> None:
    encoded = percent_encoded(word)
    assert " " not in encoded and "\n" not in encoded and encoded.isascii()
    assert unquote_to_bytes(encoded) == word.encode()
