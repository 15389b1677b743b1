"""`python3 -m tests.judge`: the corpus and the mutants through the grader, in one table."""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from tests.corpus.case import cases
from tests.corpus.grading import differences, grade, report
from tests.judge.table import Mark, marks_of_case, marks_of_mutant, rendered, whole
from tests.mutants.compiling import those_that_compile
from tests.mutants.equivalent import as_told, mistakes_of_the_list
from tests.mutants.grading import fate
from tests.mutants.mutant import mutants

EVERY = 15.0  # seconds between two lines that say how far it is
T = TypeVar("T")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.judge", description=__doc__)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    jobs = parser.parse_args().jobs
    began = time.monotonic()
    mistakes: list[str] = []
    marks: list[Mark] = []
    with ProcessPoolExecutor(jobs) as pool:
        found = cases()
        told = zip(found, pool.map(grade, found))
        for case, outcome in _with_progress(told, len(found), "submissions"):
            marks += marks_of_case(case, outcome)
            if differences(case, outcome):
                mistakes.append(report(case, outcome))
        existing = list(those_that_compile(mutants(), jobs))
        for end in _with_progress(pool.map(fate, existing), len(existing), "mutants"):
            marks += marks_of_mutant(end)
            mistakes += filter(None, [as_told(end)])
    of_the_list = mistakes_of_the_list(existing)
    print(*mistakes, *of_the_list, sep="\n")
    print(*rendered(marks), sep="\n")
    print(f"graded in {time.monotonic() - began:.0f} s, {jobs} at a time")
    return 0 if whole(marks) and not of_the_list else 1


def _with_progress(results: Iterable[T], count: int, what: str) -> Iterator[T]:
    """The same results; on stderr, now and then, how many there were."""
    told = time.monotonic()
    for number, result in enumerate(results, 1):
        yield result
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            print(f"{number} of {count} {what} graded", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
