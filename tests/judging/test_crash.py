"""The child that its write ends, and the line that names the signal."""

import signal

from grader.hidden.test_5_read_only import OTHER_SIGNALS
from grader.judge.crash import (
    attaches_read_only,
    claims_a_signal,
    ends_by_its_write,
    names_the_signal,
)
from tests.judging.story import Fact, Story

READ_ONLY = 0o10000
FAULT: Fact = {"address": "0x2000", "write_denied": True, "segment": 1, "read_only": True}


def crash(fault: Fact | None = FAULT, flags: int = READ_ONLY, signal: int = 11) -> Story:
    story = Story("42").creates(1).attaches(1).fork(2).attaches(2, "0x2000", flags=flags)
    return story.crashes(2, signal, fault).waits(1, 2)


def test_no_signal_is_swapped_in_by_which_a_limit_ends_a_run() -> None:
    assert not {signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL} & set(OTHER_SIGNALS)


def test_a_write_through_its_own_read_only_attachment_is_right() -> None:
    run = crash().run()
    assert ends_by_its_write(run) is None
    assert attaches_read_only(run) is None


def test_a_signal_without_a_forbidden_access_is_no_write() -> None:
    finding = ends_by_its_write(crash(fault=None, signal=6).run())
    assert finding is not None and "not by a write" in finding.message


def test_a_null_pointer_lies_in_no_segment() -> None:
    finding = ends_by_its_write(crash({**FAULT, "address": "0x0", "segment": None}).run())
    assert finding is not None and "not in a segment" in finding.message


def test_an_ordinary_attachment_is_not_read_only() -> None:
    run = crash({**FAULT, "read_only": False}, flags=0).run()
    assert ends_by_its_write(run) is not None
    assert attaches_read_only(run) is not None


def test_the_line_must_name_the_signal_that_came() -> None:
    run = crash().prints(1, "child killed by signal 11").run()
    assert names_the_signal(run, 11) is None
    finding = names_the_signal(run, 15)
    assert finding is not None and "SIGTERM" in finding.message


def test_a_signal_that_never_came_is_a_false_claim() -> None:
    run = Story("42").fork(2).ends(2, 11).waits(1, 2).prints(1, "child killed by signal 11").run()
    assert claims_a_signal(run) is not None
