"""`python3 -m tests.mutants [WORD...]`: grades the mutants so named, and tells the survivors."""

import argparse
import json
import os
import sys
from pathlib import Path

from tests.mutants.compiling import those_that_compile
from tests.mutants.grading import as_json, fates
from tests.mutants.mutant import mutants


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names, as 6-tally or WNOHANG")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--out", type=Path, help="a file for the fates, one JSON object a line")
    parser.add_argument("--list", action="store_true", help="only list them")
    asked = parser.parse_args()
    named = [m for m in mutants() if all(word in m.name for word in asked.words)]
    chosen = list(those_that_compile(named, asked.jobs))
    if asked.list:
        print(*(mutant.name for mutant in chosen), sep="\n")
        return 0
    out = open(asked.out or os.devnull, "w", encoding="utf-8")
    survivors = 0
    for found in fates(chosen, asked.jobs):
        print(json.dumps(as_json(found)), file=out, flush=True)
        if found.survived:
            survivors += 1
            print(found.name, flush=True)
    print(f"{survivors} of {len(chosen)} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
