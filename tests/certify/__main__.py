"""`python3 -m tests.certify [--runs N] [--corpus]`: grades many times under full load, and tells
each verdict that differs. The table goes into ACCURACY.md where it tells of no more runs already.
"""

import argparse
import os
import sys
import time
from datetime import date
from pathlib import Path

from grader.base import signals
from tests.certify.certificate import write
from tests.certify.load import full_load
from tests.certify.repeat import Repeated, corpus_again, wholes_again

PAGE = Path(__file__).resolve().parents[2] / "grader" / "ACCURACY.md"
EVERY = 30.0  # seconds between two lines that say how far it is


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.certify", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="grades, or passes of the corpus")
    parser.add_argument("--corpus", action="store_true", help="the corpus instead")
    parser.add_argument("--minutes", type=float, default=0, help="end early, after this time")
    asked = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    began = time.monotonic()
    repeated = corpus_again(asked.runs, cores) if asked.corpus else wholes_again(asked.runs, cores)
    done = 0
    with full_load(cores):
        try:
            done = _follow(repeated, asked.runs, asked.minutes * 60, began)
        except KeyboardInterrupt:
            print("interrupted: this is what was done", file=sys.stderr)
    certificate = repeated.certificate
    seconds = time.monotonic() - began
    where = f"{cores} cores under full load, {seconds / 60:.0f} minutes"
    table = certificate.table(date.today().isoformat(), where)
    print(table)
    print(*certificate.differences, sep="\n")
    if done and write(PAGE, certificate, done, table):
        print("the table stands in grader/ACCURACY.md now")
    return 1 if certificate.differences else 0


def _follow(repeated: Repeated, runs: int, seconds: float, began: float) -> int:
    """Do the runs; how many were done."""
    told = start = time.monotonic()
    done, known = 0, set[str]()
    for done in repeated.run():
        now = time.monotonic()
        for difference in set(repeated.certificate.differences) - known:
            print(difference, file=sys.stderr)
            known.add(difference)
        if seconds and now - began > seconds:
            break
        if now - told > EVERY:
            told = now
            left = (now - start) / done * (runs - done)
            print(
                f"{done} of {runs}, {len(known)} differences, about {left / 60:.0f} minutes left",
                file=sys.stderr,
                flush=True,
            )
    return done


if __name__ == "__main__":
    signals.listen()
    sys.exit(main())
