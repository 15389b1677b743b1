"""The hidden tests, their points, and the pages of the handout agree."""

import pytest

from grader.author import rubric
from grader.base.handout import anchor_of, headings, where
from grader.grading.catalogue import Entry, catalogue

ENTRIES = catalogue()


def test_there_are_six_exercises_and_a_hundred_points() -> None:
    lesson = {entry.exercise.id: entry.points for entry in ENTRIES[:6]}
    assert lesson == {
        "1-fork-wait": 15,
        "2-sharing": 20,
        "3-segment": 25,
        "4-keeper": 15,
        "5-read-only": 10,
        "6-tally": 15,
    }
    assert sum(lesson.values()) == 100


def test_pages_and_tests_agree() -> None:
    assert list(rubric.problems(ENTRIES)) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.exercise.id))
def test_every_check_is_a_sentence_of_its_own(entry: Entry) -> None:
    sentences = [sentence for _, sentence, _ in entry.tests]
    assert len(set(sentences)) == len(sentences)


def test_a_table_is_put_between_the_marks_and_nothing_else_changes() -> None:
    page = "before\n<!-- rubric -->\nold\n<!-- /rubric -->\nafter\n"
    assert rubric.with_table(page, "| new |") == page.replace("old", "| new |")
    assert rubric.with_table("no marks", "| new |") is None


def test_anchors_are_those_of_github() -> None:
    assert anchor_of("What fork does: two processes") == "what-fork-does-two-processes"
    assert anchor_of("`shmget(key, 0, 0)`".replace("`", "")) == "shmgetkey-0-0"


def test_a_section_is_shown_by_its_title() -> None:
    section = "assignment/1-fork-wait#the-parent-waits"
    assert "the-parent-waits" in headings("assignment/1-fork-wait")
    assert where(section) == "assignment/1-fork-wait “The parent waits”"
