"""Mistakes with the value that should be shared."""

from __future__ import annotations

from grader.diagnose.case import Case, RuleMatch
from grader.diagnose.numbers import expected_result, numbers, printed_result
from grader.facts.records import Content, Run
from grader.judge import codes
from grader.judge.contents import (
    as_text,
    authors_of,
    places,
    pointer_author,
    touches,
    was_poked_late,
)
from grader.judge.narrate import story, who
from grader.judge.output import by_children, number_of, results
from grader.judge.segments import SEGMENT_CALLS

PRINTED = ("parent_prints_the_shared_sum", "prints_the_total", "works_in_a_pipe", "failures")
READS = ("parent_reads_the_segment", "total_is_read_from_the_slots")
RESULTS = ("parent_prints_the_shared_sum", "prints_the_total")


def changed_before_fork(case: Case) -> RuleMatch | None:
    run = case.normal
    if run is None:
        return None
    if not case.exercise.shares:
        if not case.failed("parent_prints_its_own_copy") or not case.passed("child_prints_the_sum"):
            return None
        if printed_result(case, run) != sum(numbers(run)):
            return None
        return RuleMatch(
            "The parent prints the child's sum instead of its own, unchanged value.",
            "After fork there are two variables with the same name. A change before the fork is in "
            "both; so only the child adds CHANGE, after the fork, to its own variable, and the "
            "parent prints its own, which still holds START.",
            story(run),
            ("parent_prints_its_own_copy",),
        )
    if not case.failed("child_changes_the_segment"):
        return None
    for content_run in case.plain:
        if content_run.options.get("content") and 1 in authors_of(
            content_run, sum(numbers(content_run))
        ):
            return RuleMatch(
                "The parent put the sum into the segment, not the child.",
                "The parent sets the segment to START. Adding CHANGE is the child's part, after "
                "the fork.",
                story(content_run, names=SEGMENT_CALLS),
                ("child_changes_the_segment",),
            )
    return None


def parent_computed(case: Case) -> RuleMatch | None:
    if not case.failed(*READS):
        return None
    for run in case.runs:
        if not was_poked_late(run) or printed_result(case, run) != expected_result(case, run):
            continue
        return RuleMatch(
            "The parent doesn't read its result from the segment.",
            f"When the {'children' if case.exercise.forks_many else 'child'} had ended, the grader "
            "changed the value in the segment, but the parent "
            f"still printed {printed_result(case, run)}. So that number comes from somewhere else: "
            "computed again, kept from before, or sent another way.",
            story(run, names=SEGMENT_CALLS),
            READS,
        )
    return None


def child_computed(case: Case) -> RuleMatch | None:
    """The grader changed the segment before the child began, and the child went by its own copy."""
    tests = ("child_changes_the_segment", "child_prints_the_value")
    if case.cause(*tests).code != codes.CHILD_READS_NOT:
        return None
    return RuleMatch(
        "The child doesn't read the segment: it uses a copy of its own.",
        "Before the child began, the grader put another value into the segment; the child still "
        "printed what came on the command line. That is a copy from before the fork. Read the "
        "value through the pointer into the segment, as in *shared.",
        case.evidence(*tests),
        tests,
    )


def read_before_wait(case: Case) -> RuleMatch | None:
    """Right if the children are early, and as if there were none if they are late, although it
    waits.
    """
    strict = _wrong_if_children_are_late(case)
    if strict is None or printed_result(case, strict) not in _untouched(case, strict):
        return None
    few = len(strict.children) == 1
    return RuleMatch(
        "The parent reads the segment before it waits.",
        "It waits, and then prints, but it had read the value earlier, when "
        f"{'the child had not done its part' if few else 'the children had not done their part'} "
        "yet. First wait, then read.",
        story(strict),
        (*RESULTS, *READS),
    )


def depends_on_luck(case: Case) -> RuleMatch | None:
    """Right in one order of the processes, wrong in another one, although it waits."""
    late = _wrong_if_children_are_late(case)
    other = case.cause(*RESULTS).code == codes.ANOTHER_ORDER
    if late is None and not other:
        return None
    return RuleMatch(
        "The result depends on which process is faster.",
        "In one order of its processes your program prints the right result, in another a wrong "
        "one. Between fork and wait the processes run in any order, and one can come in the middle "
        "of what another one does: after it has read a number, before it stores the new one. Use "
        "only what nobody else changes meanwhile, or wait first. "
        f"make show EX={case.exercise.number} ORDER=1 shows another order, and so do 2, 3, 4 …",
        case.evidence(*RESULTS),
        RESULTS,
    )


def _wrong_if_children_are_late(case: Case) -> Run | None:
    """The run in which they are, if it waits, and is right where they are early."""
    if not case.passed("parent_waits") and not case.passed("waits_for_every_child"):
        return None
    strict = case.strict
    if strict is None or printed_result(case, strict) in (None, expected_result(case, strict)):
        return None
    early = [run for run in case.plain if run.options.get("schedule") == "child-first"]
    told = [run for run in early if _tells(run)]
    right = any(printed_result(case, run) == expected_result(case, run) for run in told)
    return strict if right else None


def _untouched(case: Case, run: Run) -> list[int]:
    """What the segment holds before a child did its part: nothing, or START."""
    return [0] if case.exercise.forks_many else [0, *numbers(run)[:1]]


def _tells(run: Run) -> bool:
    """Do these arguments make a difference, so that a right line proves something?"""
    given = numbers(run)
    return any(given[1:]) or (len(given) == 1 and any(given))


def one_sum(case: Case) -> RuleMatch | None:
    """Several children wrote to the same place."""
    if not case.failed("each_child_fills_its_slot"):
        return None
    for run in case.plain:
        changes = [
            (content, start, length)
            for content in run.contents()
            if content.author is not None and not run.is_parent(content.author)
            for start, length in content.changed
        ]
        for first, start, length in changes:
            for second, begin, width in changes:
                if _others(first, second) and touches([(start, length)], begin, width):
                    authors = sorted({run.owner(c.author or 0) for c in (first, second)})
                    return RuleMatch(
                        "Several children write to the same place in the segment.",
                        f"{' and '.join(who(run, a) for a in authors).capitalize()} both wrote to "
                        f"byte {max(start, begin)}. The last one to write wins, and if two add "
                        "to the same number at the same moment, one addition is lost. With a slot "
                        "for each child, nobody gets in anybody's way.",
                        story(run, names=SEGMENT_CALLS, about=authors),
                        ("each_child_fills_its_slot", "prints_the_total", *READS),
                    )
    return None


def _others(first: Content, second: Content) -> bool:
    return first.author != second.author and first.segment == second.segment


def no_number(case: Case) -> RuleMatch | None:
    """What was stored is a text, or a pointer: not the number itself."""
    tests = ("child_changes_the_segment", "each_child_fills_its_slot", *READS)
    if not case.failed(*tests):
        return None
    for run in case.plain:
        wanted = _stored_by_children(case, run) if run.contents() else []
        if any(authors_of(run, value) for value in wanted):
            continue
        text = next((value for value in wanted if as_text(run, value)), None)
        if text is not None:
            return RuleMatch(
                f"The segment holds the digits of {text} as text, not the number.",
                "Store the number itself, as an int: slot = value * value. sprintf makes a text of "
                "it, which somebody has to read back, and which needs more room.",
                case.evidence(*tests),
                tests,
            )
        author = pointer_author(run)
        if author is not None:
            return RuleMatch(
                f"The segment holds a pointer, which {who(run, author)} put there, not the number.",
                "A pointer is an address in one process's own memory. In another process there is "
                "something else at that address. Store the number itself in the segment.",
                case.evidence(*tests),
                (*tests, *PRINTED),
            )
    return None


def _stored_by_children(case: Case, run: Run) -> list[int]:
    """The numbers that the children should leave in the segment."""
    slot, given = case.exercise.slot, numbers(run)
    return [slot(value) for value in given] if slot else [expected_result(case, run)]


def start_not_put(case: Case) -> RuleMatch | None:
    """The child's result is in the segment, but the parent's START never was."""
    if case.cause("child_changes_the_segment").code != codes.NEVER_HELD_START:
        return None
    return RuleMatch(
        "The parent didn't put START into the segment for the child.",
        "The parent sets the segment to START before the fork. The child finds it there, and adds "
        "CHANGE to what it finds.",
        case.evidence("child_changes_the_segment"),
        ("child_changes_the_segment",),
    )


def _child_is_wrong(run: Run) -> bool:
    lines = by_children(run, results(run, "child"))
    return bool(lines) and number_of(lines[0]) != sum(numbers(run))


def start_put_late(case: Case) -> RuleMatch | None:
    """The parent stores START only after the fork, and the child doesn't wait for it."""
    if not case.failed("child_prints_the_sum", "parent_prints_the_shared_sum"):
        return None
    if not any(_child_is_wrong(run) for run in case.plain):
        return None  # then it waits for START
    for run in case.plain:
        start, forks = numbers(run)[:1], run.calls("fork", process=1, ok=True)
        if not start or not forks:
            continue
        first = next((c for c in run.contents() if any(places(run, c, start[0]))), None)
        if first is None or first.seq < forks[0].seq or not run.is_parent(first.author):
            continue  # it was there when fork returned
        return RuleMatch(
            "The parent stores START only after the fork.",
            "From the fork on, parent and child run at the same time, in any order. If the child "
            "is first, it finds 0 and adds to that. Store START before the fork: then it is "
            "there, whoever runs first.",
            story(run, names=SEGMENT_CALLS),
            ("child_prints_the_sum", "parent_prints_the_shared_sum", "works_in_a_pipe"),
        )
    return None


def not_shared(case: Case) -> RuleMatch | None:
    if case.cause("child_changes_the_segment").code != codes.NOT_IN_SEGMENT:
        return None
    return RuleMatch(
        "The child's result doesn't reach the segment.",
        "Only what is written through the pointer, like *shared = 5, reaches the segment. A copy "
        "in a variable doesn't, and neither does a pointer that points somewhere else. And a value "
        "that went through a pipe, a file or an exit status was never in shared memory.",
        case.evidence("child_changes_the_segment"),
        ("child_changes_the_segment", "parent_prints_the_shared_sum", *READS),
    )
