"""The line at fault has an arrow, whatever the mistake; and the story of a run is told once."""

import pytest

from grader.base.exercise import exercise_of
from grader.diagnose.arrows import pointed
from grader.facts.records import Run
from grader.formats import terminal
from grader.grading.traces import AGAIN, NOTHING_NEW, Traces
from grader.judge.narrate import MOST_LINES, story
from grader.report.model import STUDENT, FAILED, ExerciseResult, Finding, Report, TestResult
from tests.judging.story import Story


def shared(mode: int = 0o600, *, detached: bool = True, removed: bool = True) -> Story:
    story = Story("12", "7").creates(1, mode=mode).attaches(1).fork(2).prints(2, "child: 19")
    story.detaches(2).ends(2).waits(1, 2).prints(1, "parent: 19")
    if detached:
        story.detaches(1)
    if removed:
        story.removes(1)
    return story.ends(1)


def arrows(run: Run, exercise: str = "2-sharing") -> list[str]:
    return [line for line in pointed(story(run), exercise_of(exercise)).lines if "←" in line]


def test_nothing_is_pointed_at_in_a_right_run() -> None:
    assert arrows(shared().run()) == []


@pytest.mark.parametrize(
    "wrong, begins, says",
    [
        (shared(mode=0o400), "process 1 (parent)  shmget(", "0400"),
        (shared(detached=False), "process 1 (parent)  ended", "never detached"),
        (shared(removed=False), "process 1 (parent)  shmget(", "never removed"),
    ],
)
def test_the_line_at_fault_has_the_arrow(wrong: Story, begins: str, says: str) -> None:
    (line,) = arrows(wrong.run())
    assert line.startswith(begins) and says in line.partition("←")[2]


def test_a_long_story_points_at_the_same_line() -> None:
    long = Story(*"1234").creates(1, mode=0o400, size=16)
    for child in range(2, 12):
        long.fork(child).finds(child).attaches(child).detaches(child).ends(child).waits(1, child)
    run = long.prints(1, "total: 30").removes(1).ends(1).run()
    lines = pointed(story(run), exercise_of("6-tally")).lines
    assert len(lines) <= MOST_LINES + 3 and any("more …" in line for line in lines)
    (line,) = [line for line in lines if "←" in line]
    assert "shmget(" in line


def finding(run: Run, name: str) -> Finding:
    shown = story(run)
    return Finding(name, name, "", evidence=shown.lines, shows=shown.run, tests=(f"x/{name}",))


def test_two_findings_about_one_run_tell_its_story_once() -> None:
    run = shared(detached=False, removed=False).run()
    first, second = Traces().findings([finding(run, "one"), finding(run, "two")])
    assert first.evidence == story(run).lines
    assert second.evidence == (NOTHING_NEW,)


def test_what_is_new_in_the_second_story_is_told() -> None:
    run, traces = shared().run(), Traces()
    short = story(run, names=frozenset({"fork"}))
    traces.findings([Finding("a", "a", "", evidence=short.lines, shows=run)])
    (second,) = traces.findings([finding(run, "two")])
    assert second.evidence[0] == AGAIN
    assert any("shmget" in line for line in second.evidence)
    assert not any("fork" in line for line in second.evidence)


def test_another_run_with_the_same_events_is_told_in_full() -> None:
    one, other = shared().run(), shared().run()
    told = Traces().findings([finding(one, "one"), finding(other, "two")])
    assert told[0].evidence == told[1].evidence == story(one).lines


def test_a_failure_without_a_diagnosis_follows_the_diagnoses() -> None:
    run, traces = shared().run(), Traces()
    lines = story(run).lines
    told = traces.findings([finding(run, "one")])
    tests = [
        TestResult("x/one", "", FAILED, 0, 1, "hidden", evidence=lines, shows=run),
        TestResult("x/two", "", FAILED, 0, 1, "hidden", evidence=lines, shows=run),
    ]
    explained, alone = traces.tests(tests, told)
    assert explained.evidence == lines and alone.evidence == (NOTHING_NEW,)


def test_one_mistake_fits_on_a_screen_and_keeps_its_arrow() -> None:
    long = Story(*"1234").creates(1, mode=0o400, size=16)
    for child in range(2, 12):
        long.fork(child).finds(child).attaches(child).detaches(child).ends(child).waits(1, child)
    run = long.prints(1, "total: 30").removes(1).ends(1).run()
    lines = pointed(story(run), exercise_of("6-tally")).lines
    found = Finding(
        "mode-unusable", "The mode is wrong.", "", "Why. " * 60, lines, shows=run, lost=1
    )
    result = ExerciseResult("6-tally", "Tally", 14, 15, (found,))
    shown = terminal.render(Report("s", "", "namespaces", 5, STUDENT, (result,)))
    block = shown.partition("6-tally · ")[2].partition("\n\n")[0].splitlines()
    assert len(block) <= terminal.SCREEN
    assert any("←" in line for line in block) and any("more …" in line for line in block)
    assert any("ended with exit status 0" in line for line in block), "how it ended"


@pytest.mark.parametrize("room", range(6, 40))
def test_what_is_left_out_is_counted(room: int) -> None:
    lines = [f"line {number}" for number in range(30)]
    lines[10] += "   ← here"
    kept = terminal.fitting(lines, [1] * 30, room)
    assert {0, 10} <= kept and len(kept) <= room
    assert len(kept) == 30 or len(kept) < room, "a gap takes a row"
