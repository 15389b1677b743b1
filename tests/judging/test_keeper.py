"""keeper: separate processes, one segment."""

import pytest

from grader.judge.keeper import (
    changes_nothing,
    creates,
    fails,
    is_removed,
    makes_nothing,
    refuses_no_bytes,
    says_long_value,
    says_value,
    stored,
)
from tests.judging.story import Story


def test_a_segment_with_the_key_and_the_size_is_right() -> None:
    assert creates(Story("create", "7", "20").creates(1, 20, 7).ends(1).run(), 7, 20) is None


def test_a_private_segment_is_not_the_one() -> None:
    finding = creates(Story("create", "7", "20").creates(1, 20, 0).ends(1).run(), 7, 20)
    assert finding is not None and "IPC_PRIVATE" in finding.message


def test_a_segment_that_is_removed_at_once_is_found() -> None:
    run = Story("create", "7", "20").creates(1, 20, 7).removes(1).ends(1).run()
    assert creates(run, 7, 20) is not None


def test_a_failure_needs_a_message_and_exit_status_1() -> None:
    assert fails(Story("read", "7").says(1, "none").ends(1, 1).run(), "there is none") is None
    for wrong in (Story("read", "7").says(1, "none").ends(1), Story("read", "7").ends(1, 1)):
        assert fails(wrong.run(), "there is none") is not None


def test_the_value_line_is_exact() -> None:
    assert says_value(Story("read", "7").prints(1, "value: ").ends(1).run(), "") is None
    assert says_value(Story("read", "7").prints(1, "value:").ends(1).run(), "") is not None
    assert says_value(Story("read", "7").prints(1, "hi").ends(1).run(), "hi") is not None


def test_the_text_must_stand_in_the_segment() -> None:
    run = Story("write", "7", "hi").creates(1, 20, 7).holds(b"hi", 1).ends(1).run()
    assert stored(run, "hi") is None
    assert stored(run, "ho") is not None


def test_bytes_that_a_failed_command_changed_are_found() -> None:
    before = Story("write", "7", "hi").creates(1, 20, 7).holds(b"hi", 1).ends(1).run()
    clears = Story("write", "7", "long").creates(1, 20, 7).holds(b"", 1).ends(1, 1).run()
    quiet = Story("write", "7", "long").says(1, "too long").ends(1, 1).run()
    after = Story("read", "7").creates(1, 20, 7).holds(b"hi").ends(1).run()
    assert changes_nothing([before, quiet, after], 1) is None
    assert changes_nothing([before, clears, after], 1) is not None


def test_a_removal_is_a_call_that_succeeded() -> None:
    assert is_removed(Story("remove", "7").creates(1, 20, 7).removal_fails(1).run()) is not None
    assert is_removed(Story("remove", "7").creates(1, 20, 7).removes(1).run()) is None


@pytest.mark.parametrize(
    "line, told",
    [
        ("value: ab c", "spaces at the ends"),
        ("value:  ab c", "spaces at the end "),
        ("value: ab c  ", "spaces at the beginning"),
        ("value:  AB c  ", "a different text"),
    ],
)
def test_blanks_that_are_missing_are_named(line: str, told: str) -> None:
    finding = says_value(Story("read", "7").prints(1, line).ends(1).run(), " ab c  ")
    assert finding is not None and told in finding.message


def test_a_label_without_its_blank_misses_none_of_the_text() -> None:
    finding = says_value(Story("read", "7").prints(1, "value:").ends(1).run(), "")
    assert finding is not None and "spelled differently" in finding.message


def test_a_backslash_that_became_a_line_is_named() -> None:
    story = Story("read", "7").prints(1, "value: ab").prints(1, "cd").ends(1)
    finding = says_value(story.run(), "ab\\ncd")
    assert finding is not None and "became a newline" in finding.message


def test_a_long_text_that_is_cut_is_told_by_its_length() -> None:
    cut = says_long_value(Story("read", "7").prints(1, f"value: {'a' * 9}").ends(1).run(), "a" * 10)
    none = says_long_value(Story("read", "7").ends(1).run(), "a" * 10)
    whole = Story("read", "7").prints(1, f"value: {'a' * 10}").ends(1).run()
    assert cut is not None and "only 9" in cut.message
    assert none is not None and "nothing" in none.seen
    assert says_long_value(whole, "a" * 10) is None


@pytest.mark.parametrize(
    "status, said, right", [(1, 1, 1), (2, 1, 1), (2, 0, 0), (0, 1, 0), (3, 1, 0)]
)
def test_no_bytes_are_refused_as_a_failure_or_as_a_wrong_use(
    status: int, said: int, right: int
) -> None:
    story = Story("create", "7", "0")
    run = (story.says(1, "no") if said else story).ends(1, status).run()
    assert (refuses_no_bytes(run) is None) == bool(right)


def test_a_segment_that_nobody_asked_for_is_found() -> None:
    finding = makes_nothing(Story("create", "7", "0").creates(1, 1, 7).ends(1).run())
    assert finding is not None and "SIZE is 0" in finding.message
    assert makes_nothing(Story("create", "7", "0").ends(1, 1).run()) is None
