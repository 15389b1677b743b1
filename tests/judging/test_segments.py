"""The five operations: created, accessed, attached, detached, removed, and by whom."""

import pytest

from grader.judge.segments import (
    attaches_once,
    creates_one,
    detaches,
    missed_after_removal,
    owner_may_use,
    parent_detaches,
    removed_by_creator,
    removes,
)
from tests.judging.story import Fact, Story


def inherited() -> Story:
    """Attached before the fork, detached by both."""
    return (
        Story()
        .creates(1)
        .attaches(1)
        .fork(2)
        .detaches(2)
        .ends(2)
        .waits(1, 2)
        .detaches(1)
        .removes(1)
        .ends(1)
    )


def each_by_key() -> Story:
    """Fork first, each process attaches by key."""
    return (
        Story()
        .creates(1)
        .fork(2)
        .finds(2)
        .attaches(2)
        .detaches(2)
        .ends(2)
        .waits(1, 2)
        .finds(1)
        .attaches(1)
        .detaches(1)
        .removes(1)
        .ends(1)
    )


@pytest.mark.parametrize("story", [inherited(), each_by_key()])
def test_both_styles_are_right(story: Story) -> None:
    run = story.run()
    findings = [creates_one(run, 4), owner_may_use(run), attaches_once(run), detaches(run)]
    findings += [removes(run), removed_by_creator(run)]
    assert findings == [None] * 6


def test_no_segment_names_the_failed_call() -> None:
    run = Story().call(1, "shmget", error="ENOENT", key=24601, size=4, flags=0o600).ends(1, 1).run()
    finding = creates_one(run, 4)
    assert finding is not None and "ENOENT" in finding.message


def test_a_size_that_page_rounding_hides_is_judged_from_the_call() -> None:
    finding = creates_one(Story().creates(1, size=1).ends(1).run(), 4)
    assert finding is not None and finding.seen == "1 byte"


def test_a_larger_segment_is_right() -> None:
    assert creates_one(Story().creates(1, size=4096).ends(1).run(), 4) is None


def test_two_segments_are_one_too_many() -> None:
    run = Story().creates(1).creates(1, key=0, number=2).ends(1).run()
    assert creates_one(run, 4) is not None


def test_a_segment_made_by_the_child_is_found() -> None:
    run = Story().fork(2).creates(2).ends(2).waits(1, 2).ends(1).run()
    finding = creates_one(run, 4)
    assert finding is not None and "process 2 (child)" in finding.message


@pytest.mark.parametrize("mode,right", [(0o600, True), (0o666, True), (0o400, False), (0, False)])
def test_permissions_are_judged_from_the_mode(mode: int, right: bool) -> None:
    assert (owner_may_use(Story().creates(1, mode=mode).run()) is None) == right


def test_attaching_a_second_time_is_found_also_after_a_detach() -> None:
    run = Story().creates(1).attaches(1).detaches(1).attaches(1).detaches(1).ends(1).run()
    assert attaches_once(run) is not None


def test_attachments_that_failed_do_not_count() -> None:
    run = Story().creates(1).call(1, "shmat", error="EINVAL", id=9).attaches(1).ends(1).run()
    assert attaches_once(run) is None


def test_a_child_owes_the_inherited_attachment_where_it_made_none() -> None:
    run = Story().creates(1).attaches(1).fork(2).ends(2).waits(1, 2).detaches(1).ends(1).run()
    finding = detaches(run)
    assert finding is not None and "Process 2 (child)" in finding.message


def test_a_child_with_its_own_attachment_owes_that_one_only() -> None:
    story = Story().creates(1).attaches(1).fork(2).attaches(2, "0x2000").detaches(2, "0x2000")
    assert detaches(story.ends(2).waits(1, 2).detaches(1).ends(1).run()) is None


FAULT = {"address": "0x0", "write_denied": False, "segment": None, "read_only": False}


@pytest.mark.parametrize(
    ("signal", "fault", "owes"), [(11, FAULT, False), (11, None, True), (9, None, True)]
)
def test_a_memory_fault_excuses_from_detaching_and_a_signal_that_was_sent_does_not(
    signal: int, fault: Fact | None, owes: bool
) -> None:
    story = Story().creates(1).attaches(1).fork(2).crashes(2, signal, fault).waits(1, 2)
    assert (detaches(story.detaches(1).ends(1).run()) is not None) == owes


def test_a_detach_of_another_address_does_not_count() -> None:
    run = Story().creates(1).attaches(1).call(1, "shmdt", error="EINVAL", address="0x1004").ends(1)
    finding = detaches(run.run())
    assert finding is not None and "EINVAL" in finding.message


def test_a_segment_left_is_found() -> None:
    finding = removes(Story().creates(1).ends(1).run())
    assert finding is not None and "never removed" in finding.message


def test_marking_early_is_right() -> None:
    story = Story().creates(1).attaches(1).removes(1).fork(2).detaches(2).ends(2).waits(1, 2)
    assert removes(story.detaches(1).ends(1).run()) is None


def test_a_second_removal_that_fails_costs() -> None:
    assert removes(Story().creates(1).removes(1).removal_fails(1).ends(1).run()) is not None


def test_a_second_removal_on_the_way_out_of_a_failure_does_not() -> None:
    assert removes(Story().creates(1).removes(1).removal_fails(1).ends(1, 1).run()) is None


def test_a_removal_by_the_child_is_told_by_the_creator_check_alone() -> None:
    run = Story().creates(1).fork(2).removes(2).ends(2).waits(1, 2).ends(1).run()
    assert removes(run) is None
    finding = removed_by_creator(run)
    assert finding is not None and "process 2 (child)" in finding.message


def test_a_look_up_after_the_removal_is_missed() -> None:
    story = Story().creates(1).removes(1).fork(2)
    story.call(2, "shmget", error="ENOENT", key=24601, size=0, flags=0)
    assert missed_after_removal(story.run()) is not None


def test_a_look_up_is_missed_that_is_told_before_its_removal_returned() -> None:
    story = Story().creates(1).fork(2)
    began = story._next()
    story.call(1, "shmget", error="ENOENT", key=24601, size=0, flags=0)
    assert missed_after_removal(story.removes(2, began=began).run()) is not None


def test_two_segments_attached_once_each_are_told_where_they_are_made() -> None:
    both = Story().creates(1).creates(1, number=2, key=8).attaches(1).attaches(1, "0x2000", 2)
    again = Story().creates(1).attaches(1).attaches(1, "0x2000")
    assert attaches_once(both.run()) is None
    assert attaches_once(again.run()) is not None


def crashing(*, detached: bool) -> Story:
    """The child attaches read-only and is killed by its write; the parent goes on."""
    story = Story("42").creates(1).attaches(1).fork(2).attaches(2, "0x2000", flags=0o10000)
    story.crashes(2, fault={"address": "0x2000", "write_denied": True, "segment": 1}).waits(1, 2)
    if detached:
        story.detaches(1)
    return story.removes(1).ends(1)


def test_the_parent_of_a_crashed_child_detaches_and_the_child_owes_nothing() -> None:
    assert parent_detaches(crashing(detached=True).run()) is None
    found = parent_detaches(crashing(detached=False).run())
    assert found is not None and "(parent) never detached" in found.message


def test_a_child_that_should_have_crashed_owes_nothing_either() -> None:
    story = Story("42").creates(1).attaches(1).fork(2).attaches(2, "0x2000").ends(2, 1)
    assert parent_detaches(story.waits(1, 2).detaches(1).removes(1).ends(1, 1).run()) is None
