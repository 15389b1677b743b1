"""Whatever a program prints is shown as text that does nothing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.base.text import HIDDEN_CATEGORIES, cut, visible, visible_lines

any_text = st.text(st.characters())  # with surrogates


def test_plain_text_stays_as_it_is() -> None:
    assert visible("child: 19 – größer ✓") == "child: 19 – größer ✓"


def test_escape_sequences_bidi_marks_and_nul_are_written_out() -> None:
    assert visible("\x1b[2J\0\u202eabc\ud800") == r"\x1b[2J\x00\u202eabc\ud800"


def test_a_kept_letter_stays() -> None:
    assert visible("a\nb\tc", keep="\n") == "a\nb\\tc"


@given(any_text)
def test_nothing_hidden_is_left(text: str) -> None:
    assert all(unicodedata.category(letter) not in HIDDEN_CATEGORIES for letter in visible(text))


@given(any_text)
def test_lines_hold_nothing_hidden(text: str) -> None:
    for line in visible_lines(text):
        assert line == visible(line)


@given(any_text, st.integers(1, 50))
def test_cut_is_never_longer(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length
