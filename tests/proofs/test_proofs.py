"""Each passed check of the solution rests on facts; each can be failed, nearly always alone."""

from collections.abc import Iterator

import pytest

from grader.grading.catalogue import Entry, catalogue
from tests.proofs.facts import KINDS, UNTRACED, VALGRIND, Kind
from tests.proofs.table import failing, lost_by, rendered
from tests.proofs.trial import trial

# What a check must rest on, by a word in its name.
MUST = {
    "waits": "a wait",
    "one_child": "a child that is a copy",
    "own_copy": "a child that is a copy",
    "creates": "a segment created",
    "attaches": "shmat",
    "detaches": "shmdt",
    "removes": "a removal",
    "by_key": "a look-up by key",
    "reads_the_segment": "a poke",
    "read_from_the_slots": "a poke",
    "changes_the_segment": "the segment's content",
    "fills_its_slot": "the segment's content",
    "failure": "an injected failure",
    "errno": "an injected failure",
    "prints": "lines printed",
    "ends_the_child": "a memory fault",
    "pipe": UNTRACED,
    "memory": VALGRIND,
}
# No mistake fails these and nothing else: where the order is wrong nobody waited, or a value is
# wrong as well; what a parent reads is changed once it has waited; and who attaches for writing is
# not killed by a write.
NEVER_ALONE = {
    "1-fork-wait/child_line_comes_first",
    "2-sharing/child_line_comes_first",
    "2-sharing/parent_waits",
    "5-read-only/attaches_read_only",
}

Proofs = dict[str, dict[str, tuple[str, ...]]]


@pytest.fixture(scope="module")
def proofs() -> Iterator[Proofs]:
    """By exercise: its checks, and what each rests on."""
    found: Proofs = {}
    for entry in catalogue():
        with trial(entry) as solution:
            found[entry.exercise.id] = solution.rests_on()
    yield found


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: str(entry.exercise.id))
def test_each_check_of_the_solution_rests_on_facts(entry: Entry, proofs: Proofs) -> None:
    facts = proofs[entry.exercise.id]
    assert set(facts) == {name for name, _, _ in entry.tests}, "the solution passes all"
    assert all(facts.values()), facts
    for name, rests_on in facts.items():
        asked = [kind for word, kind in MUST.items() if word in name]
        assert set(asked) <= set(rests_on), name


def test_each_kind_of_fact_is_what_some_check_rests_on(proofs: Proofs) -> None:
    used = {kind for facts in proofs.values() for rests_on in facts.values() for kind in rests_on}
    assert used == {*(kind.name for kind in KINDS), UNTRACED, VALGRIND}


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: str(entry.exercise.id))
def test_each_check_is_failed_by_a_submission_of_the_corpus(entry: Entry) -> None:
    fails = failing(entry)
    for name, _, _ in entry.tests:
        alone = lost_by(fails[name]) == {name}
        assert alone != (f"{entry.exercise.id}/{name}" in NEVER_ALONE), (name, fails[name].name)


def test_a_check_that_rests_on_nothing_would_show() -> None:
    entry = catalogue()[0]
    with trial(entry) as solution:
        assert all(solution.passed(Kind("nothing at all", lambda run: run)).values())
    said = rendered(entry, {}, {})
    assert (
        said.count("rests on     nothing") == said.count("fails alone  nothing") == len(entry.tests)
    )
