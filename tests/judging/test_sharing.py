"""Values in the segment: who put them there, and who read them."""

from grader.facts.records import Run
from grader.judge import codes
from grader.judge.contents import authors_of, behind_the_end, held, was_poked_late, wrote
from grader.judge.output import Answer
from grader.judge.sharing import (
    child_reads_it,
    prints_from_nowhere,
    reads_it,
    set_and_changed,
    shared_number,
)
from grader.judge.slots import (
    each_attaches_once,
    each_fills_its_slot,
    each_looks_it_up,
    stand_apart,
    total_from_nowhere,
)
from tests.judging.story import Story, int_bytes

START, SUM, OTHER = 0x11223344, 0x55667788, 0x0A0B0C0D


def shared(author: int) -> Story:
    return (
        Story(str(START), str(SUM - START))
        .creates(1)
        .holds(int_bytes(START), 1)
        .fork(2)
        .holds(int_bytes(SUM), author)
        .ends(2)
        .waits(1, 2)
        .prints(1, f"parent: {SUM}")
        .ends(1)
    )


def test_the_author_of_a_value_is_known() -> None:
    run = shared(author=2).run()
    assert wrote(run, 2, SUM) == (1, 0)
    assert authors_of(run, START) == (1,)
    assert not held(run, OTHER)


def test_a_value_that_the_child_changed_is_right() -> None:
    assert set_and_changed(shared(author=2).run(), START, SUM) is None


def test_a_value_that_the_parent_changed_is_found() -> None:
    finding = set_and_changed(shared(author=1).run(), START, SUM)
    assert finding is not None and "process 1 (parent)" in finding.message


def test_a_value_that_never_reached_the_segment_is_found() -> None:
    run = Story().creates(1).holds(int_bytes(START), 1).fork(2).ends(2).waits(1, 2).ends(1).run()
    assert set_and_changed(run, START, SUM) is not None


def test_a_long_and_a_struct_hold_the_value_as_well() -> None:
    data = bytes(8) + SUM.to_bytes(8, "little")
    run = Story().creates(1, size=16).fork(2).holds(data, 2, offset=8).run()
    assert wrote(run, 2, SUM) == (1, 8)


def test_a_parent_that_prints_the_changed_value_reads_it() -> None:
    told = Answer("parent", f"parent: {OTHER}", by_parent=True)
    computed = Answer("parent", f"parent: {SUM}", by_parent=True)
    right = Story().fork(2).ends(2).waits(1, 2).poked().prints(1, f"parent: {OTHER}").run()
    wrong = Story().fork(2).ends(2).waits(1, 2).poked().prints(1, f"parent: {SUM}").run()
    assert reads_it(right, told, computed) is None
    finding = reads_it(wrong, told, computed)
    assert finding is not None and "doesn't print the segment's value" in finding.message


def test_a_value_from_nowhere_is_found() -> None:
    run = Story().creates(1).holds(int_bytes(START), 1).prints(1, "parent: 42").run()
    assert prints_from_nowhere(run, "parent") is not None


def slots(*authors: int, offsets: tuple[int, ...] = (0, 4)) -> Story:
    story = Story("3", "4").creates(1, size=8)
    for child in (2, 3):
        story.fork(child)
    for author, offset, square in zip(authors, offsets, (START, SUM)):
        story.holds(bytes(offset) + int_bytes(square), author, offset=offset)
    return story


def test_a_slot_for_each_child_is_right() -> None:
    assert each_fills_its_slot(slots(2, 3).run(), [START, SUM]) is None


def test_one_slot_for_all_is_found() -> None:
    finding = each_fills_its_slot(slots(2, 3, offsets=(0, 0)).run(), [START, SUM])
    assert finding is not None and "same slot" in finding.message


def test_squares_that_all_stand_apart_are_right() -> None:
    story = Story("3", "4").creates(1, size=8)
    assert stand_apart(story.holds(int_bytes(9, 16)).holds(b"").run(), [9, 16]) is None


def test_slots_that_are_used_again_are_found() -> None:
    replaced = Story("3", "4").creates(1, size=4).holds(int_bytes(9)).holds(int_bytes(16)).run()
    added = Story("3", "4").creates(1, size=4).holds(int_bytes(9)).holds(int_bytes(25)).run()
    same, never = stand_apart(replaced, [9, 16]), stand_apart(added, [9, 16])
    assert same is not None and "same slot" in same.message
    assert never is not None and "was never in" in never.message


def test_one_child_for_all_slots_is_found() -> None:
    finding = each_fills_its_slot(slots(2, 2).run(), [START, SUM])
    assert finding is not None and "more than one slot" in finding.message


def test_slots_filled_by_the_parent_are_found() -> None:
    finding = each_fills_its_slot(slots(1, 1).run(), [START, SUM])
    assert finding is not None and "parent" in finding.message


def test_a_child_with_the_inherited_shmid_did_not_look_it_up() -> None:
    run = Story("3").creates(1).fork(2).attaches(2).detaches(2).ends(2).run()
    assert each_looks_it_up(run, 1) is not None
    assert each_attaches_once(run, 1) is None


def test_a_child_with_the_inherited_pointer_attached_nothing_itself() -> None:
    run = Story("3").creates(1).attaches(1).fork(2).detaches(2).ends(2).run()
    assert each_attaches_once(run, 1) is not None


def test_a_total_of_some_slots_came_from_the_slots() -> None:
    story = Story("3", "4").creates(1, size=8).fork(2).holds(int_bytes(9, 16), 2)
    assert total_from_nowhere(story.prints(1, "total: 9").run()) is None


def test_a_total_that_no_slots_make_is_found() -> None:
    story = Story("3", "4").creates(1, size=8).fork(2).holds(int_bytes(9, 16), 2)
    assert total_from_nowhere(story.prints(1, "total: 50").run()) is not None


def test_a_wrong_sum_that_went_through_the_segment_is_shared() -> None:
    def told(number: int) -> int:
        return shared_number(shared(author=2).prints(2, f"child: {number}").run(), START, SUM + 1)

    assert told(SUM) == SUM
    assert told(OTHER) == SUM + 1  # printed, and never in the segment
    assert told(START) == SUM + 1  # not the child's work


def test_a_number_that_no_int_holds_never_stood_in_a_segment() -> None:
    assert not held(shared(author=2).run(), 10**30)


def test_a_packed_struct_and_a_long_double_hold_the_value_as_well() -> None:
    packed = Story().creates(1, size=16).fork(2).holds(b"abc" + int_bytes(SUM), 2, offset=3).run()
    assert wrote(packed, 2, SUM) == (1, 3)
    one_and_a_half_times_two_to_the_30 = bytes(7) + b"\xc0\x1d\x40"
    run = Story().creates(1, size=16).fork(2)
    extended = run.holds(one_and_a_half_times_two_to_the_30, 2, offset=0).run()
    assert wrote(extended, 2, 3 << 29) == (1, 0)


def test_a_value_behind_the_end_of_its_segment_is_found() -> None:
    beside = int_bytes(START) + int_bytes(SUM)
    small = Story().creates(1, size=4).fork(2).holds(beside, 2, offset=4).run()
    finding = behind_the_end(small, [SUM])
    assert finding is not None and "at byte 4 of a segment" in finding.message
    assert behind_the_end(small, [START]) is None
    large = Story().creates(1, size=8).fork(2).holds(beside, 2, offset=4).run()
    assert behind_the_end(large, [SUM]) is None and behind_the_end(large, [OTHER]) is None


def test_the_end_of_a_large_number_is_no_small_one() -> None:
    data = int_bytes(0x13445566)
    run = Story().creates(1, size=16).fork(2).holds(data, 2, offset=0).run()
    assert held(run, 0x13445566) and not held(run, 0x13)


def test_a_value_that_was_changed_before_the_child_says_nothing_of_the_parent() -> None:
    early = Story(poke=[[-1, 5, 9]]).fork(2).poked().prints(2, "child: 12").run()
    late = Story(poke=[[1, 5, 9]]).fork(2).prints(2, "child: 8").poked().run()
    assert was_poked_late(late) and not was_poked_late(early)


def test_a_child_that_goes_by_its_own_copy_is_found_and_no_other() -> None:
    follows, copied = Answer("child", "child: 12"), Answer("child", "child: 8")

    def run(line: str) -> Run:
        return Story(poke=[[-1, 5, 9]]).fork(2).poked().prints(2, line).run()

    assert child_reads_it(run("child: 12"), follows, copied) is None
    assert child_reads_it(run("child: 6"), follows, copied) is None  # wrong, but it read the 9
    found = child_reads_it(run("child: 8"), follows, copied)
    assert found and found.cause.code == codes.CHILD_READS_NOT
