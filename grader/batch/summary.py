"""What a class has understood: counts over everybody's results. Pure; each result is looked at once
and not kept, so that a class of any size fits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import mean, median, quantiles

from grader.batch.by_hand import Look, looks_of, looks_of_pairs, looks_of_results, ranked
from grader.batch.gradebook import status_of, why_not_again
from grader.batch.rows import EMPTY, NOT_GRADED, NOT_SUBMITTED, WAITING, Json
from grader.batch.score import number_text
from grader.batch.students import Entry
from grader.report.model import FAILED, NOT_REACHED, PASSED, ExerciseResult

BINS = 10
SLOWEST = 10
COMMONEST = 5


@dataclass
class TestCount:
    """One check over the class."""

    __test__ = False  # pytest: not a test class

    exercise: str
    name: str
    concept: str
    passed: int = 0
    failed: int = 0
    not_reached: int = 0

    @property
    def all(self) -> int:
        return self.passed + self.failed + self.not_reached

    @property
    def missed_percent(self) -> int:
        """Of those who got as far as this check."""
        reached = self.passed + self.failed
        return round(100 * self.failed / reached) if reached else 0


@dataclass
class DiagnosisCount:
    id: str
    exercise: str
    text: str
    lost: int = 0
    students: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """A student's line."""

    key: str
    name: str
    section: str
    status: str
    link: str  # to the report, "" where there is none
    exercises: tuple[str, ...]
    final: str
    of: str
    late: str
    first: str
    notes: tuple[str, ...]


@dataclass
class Summary:
    """All that class.html shows."""

    exercises: tuple[str, ...]
    report: str = "report.html"  # the name of the file that a student's name leads to
    lines: list[Line] = field(default_factory=list)
    tests: dict[str, TestCount] = field(default_factory=dict)
    diagnoses: dict[tuple[str, str], DiagnosisCount] = field(default_factory=dict)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    suspicious: list[tuple[str, str]] = field(default_factory=list)
    alike: dict[str, list[str]] = field(default_factory=dict)  # by content
    shares: list[Fraction] = field(default_factory=list)  # of the full points
    looks: list[Look] = field(default_factory=list)  # what a person should look at
    _links: dict[str, tuple[str, str]] = field(default_factory=dict)  # key: name, report
    nobodys: tuple[str, ...] = ()  # what came and counts for nobody

    def add(self, entry: Entry, row: Json | None, faults: Mapping[str, str]) -> None:
        """One student."""
        student = entry.student
        status = status_of(entry, row, faults)
        notes: tuple[str, ...] = () if student.on_roster else ("not on the roster",)
        empty = ("",) * len(self.exercises)
        link = f"students/{student.slug}/{self.report}" if row is not None else ""
        self.looks += looks_of(entry, row, faults, link)
        self._links[student.key] = (student.name or student.key, link)
        if row is None:
            told = (faults[student.key],) if student.key in faults else ()
            line = Line(
                student.key, student.name, student.section, status, "", empty, "", "", "", "",
                (*notes, *told),
            )  # fmt: skip
            self.lines.append(line)
            return
        graded = row["exercises"]
        self.lines.append(
            Line(
                key=student.key,
                name=student.name,
                section=student.section,
                status=status,
                link=link,
                exercises=tuple(graded[e]["points"] if e in graded else "" for e in self.exercises),
                final=row["final"],
                of=str(row["of"]),
                late=row["late"],
                first=next(iter(row["first"].values()), ""),
                notes=(*notes, *row["notes"], *why_not_again(student.key, faults)),
            )
        )
        if row["of"]:
            self.shares.append(Fraction(row["final"]) / row["of"])
        if status != EMPTY:
            self.alike.setdefault(row["origin"]["content"], []).append(student.key)

    def add_results(self, student: str, results: Sequence[ExerciseResult]) -> None:
        """What one student's tests and diagnoses were."""
        self.slowest.append((sum(result.seconds for result in results), student))
        self.slowest = sorted(self.slowest, reverse=True)[:SLOWEST]
        self.looks += looks_of_results(*self._links.get(student, (student, "")), results)
        for result in results:
            for remark in result.remarks:
                self.suspicious.append((student, f"{result.id}: {remark}"))
            for test in result.tests:
                count = self.tests.setdefault(
                    test.id, TestCount(result.id, test.name, test.concept)
                )
                count.passed += test.verdict == PASSED
                count.failed += test.verdict == FAILED
                count.not_reached += test.verdict == NOT_REACHED
            for finding in result.diagnoses:
                key = (result.id, finding.id)
                found = self.diagnoses.setdefault(
                    key, DiagnosisCount(finding.id, result.id, finding.text)
                )
                found.lost += finding.lost
                if student not in found.students[-1:]:
                    found.students.append(student)

    # ---- what is read off

    def to_look_at(self, pairs: Iterable[tuple[str, str, int]]) -> list[Look]:
        """All that a person should look at, the most urgent first."""
        named = [(self.name_of(one), self.name_of(two), count) for one, two, count in pairs]
        return ranked([*self.looks, *looks_of_pairs(named)])

    def name_of(self, student: str) -> str:
        return self._links.get(student, (student, ""))[0]

    @property
    def commonest(self) -> list[DiagnosisCount]:
        """The mistakes to talk about, each with a report that shows it."""
        return self.most_frequent[:COMMONEST]

    def link_of(self, student: str) -> str:
        return self._links.get(student, ("", ""))[1]

    @property
    def quartiles(self) -> tuple[str, str]:
        """A quarter has fewer, and a quarter has more percent of the full points."""
        if len(self.shares) < 2:
            return "", ""
        low, _, high = quantiles([100 * share for share in self.shares], n=4, method="inclusive")
        return number_text(Fraction(low)), number_text(Fraction(high))

    def statuses(self) -> Counter[str]:
        return Counter(line.status for line in self.lines)

    def those(self, status: str) -> list[str]:
        return [line.name or line.key for line in self.lines if line.status == status]

    @property
    def not_submitted(self) -> list[str]:
        return self.those(NOT_SUBMITTED)

    @property
    def not_graded(self) -> list[str]:
        return self.those(NOT_GRADED) + self.those(WAITING)

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """How many reached which tenth of the points."""
        counts = Counter(min(int(share * BINS), BINS - 1) for share in self.shares)
        width = 100 // BINS
        last = BINS - 1
        return [(f"{n * width}–{(n + 1) * width - (n < last)} %", counts[n]) for n in range(BINS)]

    @property
    def averages(self) -> tuple[str, str]:
        """Mean and median, in percent of the full points."""
        if not self.shares:
            return "", ""
        return number_text(100 * mean(self.shares)), number_text(100 * median(self.shares))

    @property
    def concepts(self) -> list[tuple[str, int, int, int]]:
        """Idea, checks passed, failed, and percent missed; the most missed first."""
        passed: Counter[str] = Counter()
        failed: Counter[str] = Counter()
        for test in self.tests.values():
            passed[test.concept] += test.passed
            failed[test.concept] += test.failed
        found = []
        for concept in {*passed, *failed}:
            reached = passed[concept] + failed[concept]
            missed = round(100 * failed[concept] / reached) if reached else 0
            found.append((concept, passed[concept], failed[concept], missed))
        return sorted(found, key=lambda line: (-line[3], line[0]))

    @property
    def most_frequent(self) -> list[DiagnosisCount]:
        return sorted(self.diagnoses.values(), key=lambda d: (-len(d.students), d.exercise, d.id))

    @property
    def same_content(self) -> list[list[str]]:
        return sorted(names for names in self.alike.values() if len(names) > 1)
