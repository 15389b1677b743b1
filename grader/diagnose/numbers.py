"""Numbers that come out changed, because a type on their way has no room for them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from grader.base.exercise import square
from grader.diagnose.case import Case, RuleMatch
from grader.facts.records import Run
from grader.judge.contents import LARGEST_EXACT
from grader.judge.narrate import story
from grader.judge.output import by_children, by_parent, number_of, results

VALUES = (
    "child_prints_the_sum",
    "parent_prints_its_own_copy",
    "parent_prints_the_shared_sum",
    "child_prints_the_value",
    "prints_the_total",
    "parent_reads_the_segment",
    "total_is_read_from_the_slots",
)
CHANGED = (*VALUES, "child_changes_the_segment", "each_child_fills_its_slot")
SMALL = {8: "char", 16: "short"}
WORD = 2**32
INT_MIN = -(2**31)


def numbers(run: Run) -> list[int]:
    """The arguments of this run."""
    try:
        return [int(word) for word in run.command[1:]]
    except ValueError:
        return []


def expected_result(case: Case, run: Run) -> int:
    """What the parent should print."""
    return case.exercise.answer(numbers(run))


def printed_result(case: Case, run: Run) -> int | None:
    """What the parent printed."""
    lines = by_parent(run, results(run, case.final))
    return number_of(lines[0]) if lines else None


def number_cut(case: Case) -> RuleMatch | None:
    """A number that is too large for a type on its way."""
    if case.exercise.shares and _child_is_right(case):
        return None  # the child stored the whole number: it was cut on the way to the parent
    for run in case.plain:
        printed, right = printed_result(case, run), expected_result(case, run)
        if printed is None or printed == right:
            continue
        small = next((bits for bits in SMALL if _all_cut(case, bits)), 0)
        whole = f"Every int has to work, from {INT_MIN} to {-INT_MIN - 1}."
        if case.exercise.slot is square and _squares_of_unsigned(case):
            what = "wrong for a negative value"
            first = next(value for value in numbers(run) if value < 0)
            why = (
                f"If you convert a negative int to an unsigned type, {2**32} is added to it: "
                f"{first} becomes {first + WORD}, and its square is a different one. Square the "
                "value as an int."
            )
        elif printed - right == WORD:
            what = "an unsigned number"
            why = f"%u is for unsigned numbers, %d for an int. {whole}"
        elif small and abs(right) >= 2 ** (small - 1):
            what = f"cut to {small} bits"
            why = f"A {SMALL[small]} has no room for it; an int has 32 bits. {whole}"
        else:
            continue
        return RuleMatch(f"{right} is printed as {printed}: {what}.", why, story(run), CHANGED)
    return None


def _child_is_right(case: Case) -> bool:
    return case.has("child_prints_the_sum") and not case.failed("child_prints_the_sum")


def _all_cut(case: Case, bits: int) -> bool:
    """Does every printed number fit into this many bits, and are these the lowest bits of the right
    number? In a single run that may be chance. (A total adds up several such numbers.)"""
    for run in case.plain:
        printed = printed_result(case, run)
        if printed is None:
            continue
        many = max(len(numbers(run)), 1) if case.exercise.has_slots else 1
        fits = -many * 2 ** (bits - 1) <= printed < many * 2**bits
        if not fits or (printed - expected_result(case, run)) % 2**bits != 0:
            return False
    return True


def _squares_of_unsigned(case: Case) -> bool:
    """Is each total wrong by 2^32 times each negative value, or by twice as much? That happens if
    2^32 was added to one factor of their squares, or to both."""
    printed = [
        (printed_result(case, run), expected_result(case, run), numbers(run)) for run in case.plain
    ]
    for factors in (1, 2):
        added = [
            (said - right - factors * WORD * sum(v for v in given if v < 0)) % WORD**2
            for said, right, given in printed
            if said is not None
        ]
        if added and not any(added):
            return True
    return False


def not_exact(case: Case) -> RuleMatch | None:
    """The numbers went through a float, which keeps about seven digits."""
    found: list[tuple[Run, int, int]] = []
    for run in case.plain:
        for printed, right, rounded in _printed(case, run):
            if printed == right:
                continue
            if printed not in rounded:
                return None  # another mistake
            found.append((run, printed, right))
    if not found:
        return None
    run, printed, right = found[0]
    above = ""
    if printed == INT_MIN and right > 0:
        above = (
            f" Rounded up to {-INT_MIN}, it is too large for an int, and comes out as the smallest."
        )
    return RuleMatch(
        f"{right} is printed as {printed}: a float can't hold it exactly.",
        f"A float keeps about seven digits and rounds whole numbers above {LARGEST_EXACT}."
        f"{above} An int holds each of them exactly.",
        story(run),
        CHANGED,
    )


def _printed(case: Case, run: Run) -> Iterator[tuple[int, int, set[int]]]:
    """Each number of an expected line: as printed, as it should be, and as a float holds it."""
    given = numbers(run)
    for line in by_parent(run, results(run, case.final)):
        right = expected_result(case, run)
        yield number_of(line), right, _through_floats(case, given, right)
    for label in case.exercise.by_child:
        for line in by_children(run, results(run, label)):
            right = case.exercise.value_of(label, given)
            yield number_of(line), right, _through_floats(case, given, right)


def _through_floats(case: Case, given: list[int], right: int) -> set[int]:
    """What comes out if floats hold the number, or its parts, or the sum so far."""
    parts = [case.exercise.slot(value) for value in given] if case.exercise.slot else given
    so_far = 0
    for part in parts:
        so_far = _as_float(so_far + _as_float(part))
    possible = {_as_float(right)}
    if case.exercise.has_slots:
        possible |= {sum(map(_as_float, parts)), so_far}
    elif right == sum(given):
        possible.add(so_far)
    # a number too large for an int becomes the smallest int
    return possible | {INT_MIN for number in possible if number >= -INT_MIN}


def _as_float(number: int) -> int:
    """The whole number that a float holds instead of this one."""
    (held,) = struct.unpack("<f", struct.pack("<f", number))
    return int(held)
