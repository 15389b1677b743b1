"""What is repeated: whole grades, runs under each schedule, passes of the corpus."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from grader.grading.catalogue import MEMORY
from grader.grading.workers import grade_all, graded
from grader.report.model import PASSED, ExerciseResult
from tests.certify.certificate import Certificate, Row
from tests.certify.schedules import ORDERS, SEEDS, under_each
from tests.certify.subjects import VARIANTS, Subject, Whole, corpus, wholes, witness
from tests.corpus.case import Case
from tests.corpus.grading import Outcome, differences

WITH_VALGRIND = 20  # one grade in so many
EACH_SCHEDULE = 250  # once in so many grades, all go under each schedule
SELDOM = 10  # exercises without a fork are judged in one pass of so many
CROWD = 4  # judgements at a time on each core, so that they are late for each other
AHEAD = 3  # passes at a time: those that sleep do not hold up the next pass
WITHOUT_FORK = ("3-segment", "4-keeper")


@dataclass(frozen=True)
class Repeated:
    """A certificate in the making; `run` yields how many grades or passes are done."""

    certificate: Certificate
    run: Callable[[], Iterator[int]]


def wholes_again(runs: int, jobs: int) -> Repeated:
    """The solution and the right programs: every one scores full, every time."""
    rows = {
        "all": Row(
            f"grades of the solution (six exercises) and of {VARIANTS} other right submissions "
            "(one exercise, in turn), each time with other values"
        ),
        "exercises": Row("exercises that were graded in these"),
        "valgrind": Row(f"of these grades with valgrind, one in {WITH_VALGRIND}"),
        "schedules": Row(
            "their programs with children, run under each schedule: none, parent-first, "
            f"child-first, reverse, one-at-a-time, and {SEEDS} by dice at each turn; and in all "
            f"orders that their processes can be in, {ORDERS} at most"
        ),
    }
    certificate = Certificate("grades", f"make certify RUNS={runs}", rows)
    found, held = list(wholes()), witness()

    def run() -> Iterator[int]:
        for number in range(runs):
            if number % EACH_SCHEDULE == 0:
                _under_schedules(found, number // EACH_SCHEDULE, rows["schedules"])
            turn, which = divmod(number, len(found))
            subjects = found[which].subjects
            chosen = subjects if which == 0 else [subjects[(turn + which) % len(subjects)]]
            valgrind = number % WITH_VALGRIND == 0
            tasks = [subject.task(number, held, valgrind) for subject in chosen]
            wrong = [_not_full(result) for result in grade_all(tasks, jobs)]
            told = "; ".join(filter(None, wrong))
            told = f"{found[which].name}, seed {number}: {told}" if told else ""
            rows["all"].add(told)
            for one in wrong:
                rows["exercises"].add(one)
            if valgrind:
                rows["valgrind"].add(told)
            yield number + 1

    return Repeated(certificate, run)


def _under_schedules(found: Sequence[Whole], turn: int, row: Row) -> None:
    held = witness()
    for whole in found:
        for subject in whole.subjects:
            for schedule, wrong in under_each(subject, turn, held):
                told = f"{subject.name} under {schedule}, turn {turn}: {wrong}"
                row.add(told if wrong else "")


def _not_full(result: ExerciseResult) -> str:
    """Which tests did not pass, and why."""
    lost = [test for test in result.tests if test.verdict != PASSED]
    return "; ".join(
        f"{test.id}: {test.fault or test.message} [{' / '.join(test.evidence)}]" for test in lost
    )


# ---- the corpus


@dataclass
class _Corpus:
    """What the processes of the pool inherit: programs that were built once."""

    cases: list[tuple[Case, Subject]] = field(default_factory=list)


_CORPUS = _Corpus()


def _judged(number: int, seed: int) -> Outcome:
    _, subject = _CORPUS.cases[number]
    return Outcome(graded(subject.task(seed, witness())))


def corpus_again(runs: int, jobs: int) -> Repeated:
    """Every submission of the corpus gets the verdicts of the first pass, every time."""
    rows = {
        "forks": Row("submissions of the corpus to exercises with a fork: judged"),
        "others": Row(f"submissions to the others, in one pass of {SELDOM}: judged"),
    }
    certificate = Certificate("corpus", f"make certify CORPUS=1 RUNS={runs}", rows)
    _CORPUS.cases = list(corpus())
    first: dict[int, Outcome] = {}

    def run() -> Iterator[int]:
        with ProcessPoolExecutor(jobs * CROWD, multiprocessing.get_context("fork")) as pool:
            try:
                yield from _passes(pool, runs, first, rows)
            finally:
                pool.shutdown(cancel_futures=True)

    return Repeated(certificate, run)


def _passes(
    pool: ProcessPoolExecutor, runs: int, first: dict[int, Outcome], rows: Mapping[str, Row]
) -> Iterator[int]:
    """Add what each pass says to the rows; how many passes are done."""
    begun: deque[Iterator[tuple[int, Outcome]]] = deque()
    for turn in range(1 - AHEAD, runs):
        later = turn + AHEAD - 1
        if later < runs:
            chosen = _chosen(later)
            begun.append(zip(chosen, pool.map(_judged, chosen, [later] * len(chosen))))
        if turn < 0:
            continue
        for number, outcome in begun.popleft():
            case, _ = _CORPUS.cases[number]
            wrong = _differs(case, first.setdefault(number, outcome), outcome)
            told = f"{case.name}, seed {turn}: {wrong}" if wrong else ""
            rows["forks" if _forks(number) else "others"].add(told)
        yield turn + 1


def _chosen(turn: int) -> list[int]:
    """What is judged in this pass."""
    return [n for n in range(len(_CORPUS.cases)) if turn % SELDOM == 0 or _forks(n)]


def _forks(number: int) -> bool:
    return _CORPUS.cases[number][0].exercise not in WITHOUT_FORK


def _differs(case: Case, first: Outcome, outcome: Outcome) -> str:
    """What is not as it says of itself (but for valgrind's part), or not as it was at first."""
    said = [line for line in differences(case, outcome) if MEMORY not in line]
    said = [line for line in said if not line.startswith("should lose")]
    if first.verdicts != outcome.verdicts:
        changed = {name for name, _ in first.verdicts ^ outcome.verdicts}
        said.append(f"other verdicts than at first: {', '.join(sorted(changed))}")
    return "; ".join(said)
