"""segment.c in use: what several calls in one program returned is compared with what is there."""

import pytest

from grader.facts.records import Run
from grader.judge.in_use import (
    attaches_its_own,
    attaches_often,
    detaches_nothing,
    detaches_often,
    looks_again,
    removes_attached,
)
from tests.judging.story import Story

TOKEN = "token"


def told(command: str, *results: tuple[str, int]) -> Run:
    """A run of the driver in which the functions returned this."""
    story = Story(TOKEN, command)
    for function, result in results:
        story = story.prints(1, f"{TOKEN} {function} {result} 0 0")
    return story.run()


def test_a_removal_that_waits_for_the_last_detach_is_found() -> None:
    refused = told("remove_attached", ("remove", -1))
    gone = Story(TOKEN, "remove_attached").creates(1).removes(1).prints(1, f"{TOKEN} remove 0 0 0")
    finding = removes_attached(refused, TOKEN)
    assert finding is not None and "still attached" in finding.message
    assert removes_attached(gone.run(), TOKEN) is None


@pytest.mark.parametrize("results, where", [((0, -1), "address"), ((-1, 0), "NULL")])
def test_success_where_nothing_is_attached_is_found(results: tuple[int, int], where: str) -> None:
    run = told("detach_nothing", *(("detach", result) for result in results))
    finding = detaches_nothing(run, TOKEN)
    assert finding is not None and f"segment_detach({where}) returned 0" in finding.message


def test_two_failures_are_right_where_nothing_is_attached() -> None:
    run = told("detach_nothing", ("detach", -1), ("detach", -1))
    assert detaches_nothing(run, TOKEN) is None


@pytest.mark.parametrize(
    "addresses, seen",
    [
        ((4096, 8192, 0), "NULL"),
        ((4096, 8192, 8192), "had returned before"),
        ((4096, 8192), "didn't return"),
        ((), "didn't return"),
    ],
)
def test_an_attachment_too_few_is_found(addresses: tuple[int, ...], seen: str) -> None:
    run = told("attach_often", *(("attach", address) for address in addresses))
    finding = attaches_often(run, TOKEN, 3)
    assert finding is not None and seen in finding.seen


def test_as_many_attachments_as_asked_for_are_right() -> None:
    attaches = [("attach", 4096 * place) for place in (1, 2, 3)]
    run = told("attach_often", *attaches, *[("detach", 0)] * 3)
    assert attaches_often(run, TOKEN, 3) is None and detaches_often(run, TOKEN, 3) is None
    finding = detaches_often(
        told("attach_often", *attaches, ("detach", 0), ("detach", -1)), TOKEN, 3
    )
    assert finding is not None and "works once" in finding.message


def test_a_remembered_shmid_is_found() -> None:
    gone = [("create", 7), ("access", 7), ("remove", 0)]
    finding = looks_again(told("create_and_remove", *gone, ("access", 7)), TOKEN)
    assert finding is not None and "removed before" in finding.message
    assert looks_again(told("create_and_remove", *gone, ("access", -1)), TOKEN) is None


def test_a_segment_of_the_same_program_that_is_not_found_is_told() -> None:
    run = told("create_and_remove", ("create", 7), ("access", -1), ("remove", 0), ("access", -1))
    finding = looks_again(run, TOKEN)
    assert finding is not None and finding.seen == "it returned -1"


@pytest.mark.parametrize(
    ("given", "there", "right"),
    [(0x1000, 7, True), (0x1000, 8, False), (0x2000, 7, False), (0x2000, 8, False)],
)
def test_memory_that_only_looks_like_the_segment_is_found(
    given: int, there: int, right: bool
) -> None:
    """It must be where shmat attached it, and what is written must be seen by others."""
    story = Story(TOKEN, "create_and_attach").creates(1).attaches(1)
    run = story.prints(1, f"{TOKEN} attach {given} 0 0").run()
    look = Story(TOKEN, "peek").creates(1).holds(there.to_bytes(4, "little")).run()
    finding = attaches_its_own(run, look, TOKEN, "create", 7)
    assert (finding is None) == right
    if finding:
        assert "the same program created before" in finding.message
