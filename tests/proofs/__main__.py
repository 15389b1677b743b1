"""`python3 -m tests.proofs [N ...]`: each check, the facts it rests on, and what fails it alone."""

import argparse
import sys

from grader.grading.catalogue import catalogue
from tests.proofs.table import failing, rendered
from tests.proofs.trial import trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.proofs", description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="N", help="exercises; all if none is named")
    numbers = parser.parse_args().numbers
    for entry in catalogue():
        if numbers and entry.exercise.id[0] not in numbers:
            continue
        with trial(entry) as solution:
            print(rendered(entry, solution.rests_on(), failing(entry)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
