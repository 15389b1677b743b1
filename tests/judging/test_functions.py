"""segment.c: what a function did is compared with what it said."""

import errno

from grader.judge.driver import answers
from grader.judge.functions import (
    accessed,
    attached,
    created,
    detached,
    hands_failure_on,
    is_quiet,
    keeps_errno,
    removed,
    side_by_side,
    stays_attached,
)
from tests.judging.story import Story

TOKEN = "token"


def driver(*command: str) -> Story:
    return Story(TOKEN, *command)


def hand_over(story: Story, function: str, result: int, error: int = 0, seen: int = 0) -> Story:
    return story.prints(1, f"{TOKEN} {function} {result} {error} {seen}")


def test_the_shmid_of_a_new_segment_is_right() -> None:
    run = hand_over(driver("create").creates(1, size=100, key=7), "create", 41).ends(1).run()
    assert created(run, TOKEN, 7, 100) is None


def test_another_result_than_the_shmid_is_found() -> None:
    run = hand_over(driver("create").creates(1, size=100, key=7), "create", 0).ends(1).run()
    finding = created(run, TOKEN, 7, 100)
    assert finding is not None and "returned 0" in finding.message


def test_a_segment_that_is_too_small_is_found() -> None:
    run = hand_over(driver("create").creates(1, size=4, key=7), "create", 41).ends(1).run()
    finding = created(run, TOKEN, 7, 100)
    assert finding is not None and finding.seen == "4 bytes"


def test_a_claim_without_a_segment_is_found() -> None:
    assert created(hand_over(driver("create"), "create", 41).run(), TOKEN, 7, 100) is not None


def test_a_shmid_of_another_segment_is_not_found() -> None:
    segment = driver("arrange").creates(1, key=7).run().created_segments[0]
    assert accessed(hand_over(driver("access"), "access", 41).run(), TOKEN, segment) is None
    assert accessed(hand_over(driver("access"), "access", 1).run(), TOKEN, segment) is not None


def test_only_the_address_that_shmat_gave_is_right() -> None:
    right = hand_over(driver("attach").attaches(1, "0x1000"), "attach", 0x1000, seen=5).run()
    copy = hand_over(driver("attach").attaches(1, "0x1000"), "attach", 0x2000, seen=5).run()
    assert attached(right, TOKEN, False, 5) is None
    assert attached(copy, TOKEN, False, 5) is not None
    assert attached(right, TOKEN, True, 5) is not None


def test_detaching_another_address_is_found() -> None:
    story = driver("detach").attaches(1, "0x1000").call(1, "shmdt", error="EINVAL", address="0x8")
    finding = detached(hand_over(story, "detach", -1).run(), TOKEN)
    assert finding is not None and "still attached" in finding.message


def test_a_removal_that_returns_1_is_found() -> None:
    story = driver("remove").creates(1).removes(1)
    run = hand_over(story, "remove", 1).run()
    finding = removed(run, TOKEN, run.created_segments[0])
    assert finding is not None and "returned 1" in finding.message


def failing(result: int, error: int) -> Story:
    story = driver("attach").call(1, "shmat", error="ENOMEM", injected=True, id=41)
    return hand_over(story, "attach", result, error)


def test_null_is_the_failure_of_attach() -> None:
    assert hands_failure_on(failing(0, errno.ENOMEM).run(), TOKEN, "attach") is None
    finding = hands_failure_on(failing(-1, errno.ENOMEM).run(), TOKEN, "attach")
    assert finding is not None and finding.seen == "(void *) -1"


def test_errno_must_be_what_the_call_set() -> None:
    assert keeps_errno(failing(0, errno.ENOMEM).run(), TOKEN, "attach") is None
    finding = keeps_errno(failing(0, errno.ENOTTY).run(), TOKEN, "attach")
    assert finding is not None and finding.seen == "errno ENOTTY"


def test_printing_is_not_quiet() -> None:
    assert is_quiet(hand_over(driver("create"), "create", 1).run(), TOKEN) is None
    assert is_quiet(hand_over(driver("create").prints(1, "made"), "create", 1).run(), TOKEN)
    assert is_quiet(hand_over(driver("create").says(1, "oops"), "create", 1).run(), TOKEN)


def two_attached() -> Story:
    story = driver("attach_two").creates(1, number=1).creates(1, number=2, key=8)
    story = hand_over(story.attaches(1, "0x1000", number=1), "attach", 0x1000)
    return hand_over(story.attaches(1, "0x2000", number=2), "attach", 0x2000)


def test_two_segments_are_detached_by_their_own_addresses() -> None:
    in_order = two_attached().detaches(1, "0x1000").detaches(1, "0x2000", number=2).run()
    other = two_attached().detaches(1, "0x2000", number=2).run()
    finding = side_by_side(other, TOKEN)
    assert side_by_side(in_order, TOKEN) is None
    assert finding is not None and "the wrong segment" in finding.message


def test_an_attach_that_detaches_the_one_before_is_found() -> None:
    story = hand_over(driver("attach_two").creates(1).attaches(1, "0x1000"), "attach", 0x1000)
    story = story.detaches(1, "0x1000").creates(1, number=2, key=8)
    run = hand_over(story.attaches(1, "0x1000", number=2), "attach", 0x1000).run()
    finding = side_by_side(run, TOKEN)
    assert finding is not None and "was attached before" in finding.message


def test_a_function_that_stays_attached_is_found() -> None:
    story = driver("create").creates(1).attaches(1, "0x1000")
    finding = stays_attached(story.run())
    assert finding is not None and "segment_create" in finding.message
    assert stays_attached(story.detaches(1, "0x1000").run()) is None


def test_a_line_that_only_begins_like_the_driver_s_is_no_answer() -> None:
    run = Story("token", "create").prints(1, "token create -1 22 many").run()
    assert answers(run, "token") == ()
