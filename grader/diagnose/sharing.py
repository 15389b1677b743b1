"""Mistakes with the value that is to be shared."""

from __future__ import annotations

from grader.diagnose.case import Case, Said
from grader.facts import Content, Run
from grader.judge.contents import authors_of, touches, was_poked
from grader.judge.narrate import story, who
from grader.judge.output import by_parent, number_of, results
from grader.judge.segments import SEGMENT_CALLS

VALUES = (
    "child_prints_the_sum",
    "parent_prints_its_own_copy",
    "parent_prints_the_shared_sum",
    "child_prints_the_value",
    "prints_the_total",
    "parent_reads_the_segment",
    "total_is_read_from_the_slots",
)
READS = ("parent_reads_the_segment", "total_is_read_from_the_slots")


def numbers(run: Run) -> list[int]:
    """The arguments of this run."""
    try:
        return [int(word) for word in run.command[1:]]
    except ValueError:
        return []


def asked(case: Case, run: Run) -> int:
    """What the parent is to print."""
    given = numbers(run)
    if case.number == "6":
        return sum(value * value for value in given)
    return given[0] if case.number in ("1", "5") else sum(given)


def told(case: Case, run: Run) -> int | None:
    """What the parent printed."""
    lines = by_parent(run, results(run, case.final))
    return number_of(lines[0]) if lines else None


def changed_before_fork(case: Case) -> Said | None:
    run = case.normal
    if run is None:
        return None
    if case.number == "1":
        if not case.failed("parent_prints_its_own_copy") or not case.passed("child_prints_the_sum"):
            return None
        if told(case, run) != sum(numbers(run)):
            return None
        return Said(
            "The parent prints the child's sum instead of its own, unchanged value.",
            "After fork there are two variables with one name. A change before the fork is in "
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
            return Said(
                "The parent put the sum into the segment, not the child.",
                "The parent sets the segment to START. Adding CHANGE is the child's part, after "
                "the fork.",
                story(content_run, names=SEGMENT_CALLS),
                ("child_changes_the_segment",),
            )
    return None


def number_cut(case: Case) -> Said | None:
    """A number that is too large for the type that it went through."""
    if case.number == "2" and not case.failed("child_prints_the_sum"):
        return None  # what the child stored was whole: the way to the parent cut it
    for run in case.plain:
        printed, right = told(case, run), asked(case, run)
        if printed is None or printed == right:
            continue
        small = next((bits for bits in (8, 16) if _all_cut(case, bits)), 0)
        if printed - right == 2**32:
            what, why = "as a large positive one", "%u is for unsigned numbers, %d for an int."
        elif small and abs(right) >= 2 ** (small - 1):
            what = f"cut to {small} bits"
            why = f"A {'char' if small == 8 else 'short'} has no room for it; an int has 32 bits."
        else:
            continue
        return Said(
            f"The number {right} comes out {what}: {printed}.",
            f"{why} Every int has to work, from {-(2**31)} to {2**31 - 1}.",
            story(run),
            (*VALUES, "child_changes_the_segment", "each_child_fills_its_slot"),
        )
    return None


def _all_cut(case: Case, bits: int) -> bool:
    """Has every number that was printed only so many bits, and are these the last of the right
    number? In a single run they may be by chance. (A total adds up several such numbers.)"""
    printed = [(told(case, run), asked(case, run)) for run in case.plain]
    fits = [said for said, _ in printed if said is None or -(2 ** (bits - 1)) <= said < 2**bits]
    last_bits = all(said is None or (said - right) % 2**bits == 0 for said, right in printed)
    return last_bits and (case.number == "6" or len(fits) == len(printed))


def parent_computed(case: Case) -> Said | None:
    if not case.failed(*READS):
        return None
    for run in case.runs:
        if not was_poked(run) or told(case, run) != asked(case, run):
            continue
        return Said(
            "The parent does not read its result from the segment.",
            f"When the {'children' if case.number == '6' else 'child'} had ended, the grader "
            "changed the value in the segment, and the parent "
            f"still printed {told(case, run)}. So that number comes from somewhere else: worked "
            "out again, kept from before, or sent another way.",
            story(run, names=SEGMENT_CALLS),
            READS,
        )
    return None


def read_before_wait(case: Case) -> Said | None:
    """Right where the children are early, wrong where they are late, and yet it waits."""
    if not case.passed("parent_waits") and not case.passed("waits_for_every_child"):
        return None
    strict = case.strict
    if strict is None or told(case, strict) in (None, asked(case, strict)):
        return None
    early = [run for run in case.plain if run.options.get("schedule") == "child-first"]
    right = [run for run in early if _tells(run) and told(case, run) == asked(case, run)]
    if not right:
        return None
    few = len(strict.children) == 1
    return Said(
        "The parent reads the segment before it waits.",
        "It does wait, and prints afterwards, but what it prints was read earlier, when "
        f"{'the child had not done its part' if few else 'the children had not done their part'} "
        "yet. First wait, then read.",
        story(strict),
        ("parent_prints_the_shared_sum", "prints_the_total", *READS),
    )


def _tells(run: Run) -> bool:
    """Do these arguments make a difference, so that a right line proves something?"""
    given = numbers(run)
    return any(given[1:]) or (len(given) == 1 and any(given))


def one_sum(case: Case) -> Said | None:
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
                    return Said(
                        "Several children write to the same place in the segment.",
                        f"{' and '.join(who(run, a) for a in authors).capitalize()} both wrote to "
                        f"byte {max(start, begin)}. The last one to write wins, and of two that "
                        "add to one number at the same moment one addition is lost. With a slot "
                        "for each child nobody gets in anybody's way.",
                        story(run, names=SEGMENT_CALLS, about=authors),
                        ("each_child_fills_its_slot", "prints_the_total", *READS),
                    )
    return None


def _others(first: Content, second: Content) -> bool:
    return first.author != second.author and first.segment == second.segment


def not_shared(case: Case) -> Said | None:
    if not case.failed("child_changes_the_segment"):
        return None
    return Said(
        "The child's result does not reach the segment.",
        "Only what is written through the pointer, like *shared = 5, reaches the segment. A copy "
        "in a variable does not, nor does a pointer that is set to another place. And what went "
        "through a pipe, a file or an exit status has not been in shared memory.",
        case.evidence("child_changes_the_segment"),
        ("child_changes_the_segment", "parent_prints_the_shared_sum", *READS),
    )
