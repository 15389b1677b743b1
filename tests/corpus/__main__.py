"""`python3 -m tests.corpus [WORD...]`: grades the cases so named, and tells each that differs."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.corpus.case import Case, cases
from tests.corpus.grading import SEED, Outcome, as_read, differences, grade, report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.corpus", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names, as wrong/1- or no-wait")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--all", action="store_true", help="tell those that agree as well")
    parser.add_argument("--read", action="store_true", help="show what the student reads of each")
    asked = parser.parse_args()

    chosen = [
        case
        for case in cases()
        if not asked.words or any(word in case.name for word in asked.words)
    ]
    agree = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for case, outcome in zip(chosen, pool.map(Graded(asked.seed), chosen)):
            differs = bool(differences(case, outcome))
            agree += not differs
            if differs or asked.all:
                print(report(case, outcome), flush=True)
            if asked.read:
                print(f"{'=' * 80}\n{case.name}: {case.about}\n\n{as_read(outcome)}", flush=True)
    print(f"{agree} of {len(chosen)} cases come out as they say")
    return 0 if agree == len(chosen) else 1


class Graded:
    """Grading with a seed, in a form that another process can be handed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, case: Case) -> Outcome:
        return grade(case, self._seed)


if __name__ == "__main__":
    sys.exit(main())
