"""Diagnosis: the mistake is named from the facts; two mistakes give two names; none gives none."""

from grader.diagnose import Diagnosis, diagnose
from grader.facts import Run
from grader.model import FAILED, NOT_REACHED, PASSED, TestResult
from tests.judging.story import Story


def result(name: str, verdict: str) -> TestResult:
    section = "assignment/1-fork-wait#the-parent-waits"
    return TestResult(f"x/{name}", name, verdict, 0, 1, "hidden", section=section)


def told(exercise: str, runs: list[Run], **verdicts: str) -> tuple[Diagnosis, ...]:
    results = {name: result(name, verdict) for name, verdict in verdicts.items()}
    return diagnose(exercise, runs, results, {})


def names(found: tuple[Diagnosis, ...]) -> list[str]:
    return [diagnosis.id for diagnosis in found]


def never_waits() -> Story:
    return Story("12", "7").fork(2).prints(1, "parent: 12").ends(1).prints(2, "child: 19").ends(2)


def test_a_right_program_gets_no_diagnosis() -> None:
    run = Story("12", "7").fork(2).prints(2, "child: 19").ends(2).waits(1, 2)
    run.prints(1, "parent: 12").ends(1)
    assert told("1-fork-wait", [run.run()], parent_waits=PASSED) == ()


def test_a_missing_wait_is_named_with_its_evidence_and_section() -> None:
    runs = [never_waits().run()]
    (found,) = told("1-fork-wait", runs, parent_waits=FAILED, child_line_comes_first=FAILED)
    assert found.id == "never-waited"
    assert found.tests == ("parent_waits", "child_line_comes_first")
    assert found.section == "1-fork-wait#the-parent-waits"
    assert any("never called wait" in line for line in found.evidence)


def test_a_wait_that_comes_too_late_has_its_own_name() -> None:
    run = Story("12", "7").fork(2).prints(1, "parent: 12").ends(2).waits(1, 2).ends(1).run()
    assert names(told("1-fork-wait", [run], parent_waits=FAILED)) == ["waited-too-late"]


def test_one_wait_for_many_has_its_own_name() -> None:
    story = Story("3", "4").creates(1, size=8).fork(2).fork(3).ends(2).ends(3).waits(1, 2)
    run = story.prints(1, "total: 25").ends(1).run()
    assert names(told("6-tally", [run], waits_for_every_child=FAILED)) == ["waited-for-one-only"]


def test_a_child_that_goes_on_is_named_before_what_follows() -> None:
    story = Story("12", "7").fork(2).prints(2, "child: 19").prints(2, "parent: 19").ends(2)
    run = story.waits(1, 2).prints(1, "parent: 12").ends(1).run()
    found = told("1-fork-wait", [run], parent_prints_its_own_copy=FAILED)
    assert names(found) == ["child-fell-through"]


def test_a_segment_left_is_named() -> None:
    run = Story("12", "7").creates(1).fork(2).ends(2).waits(1, 2).ends(1).run()
    (found,) = told("2-sharing", [run], removes=FAILED, removed_by_its_creator=NOT_REACHED)
    assert found.id == "segment-left"
    assert found.tests == ("removes", "removed_by_its_creator")
    assert "24601" in found.explanation


def test_two_mistakes_give_two_diagnoses() -> None:
    story = Story("12", "7").creates(1).attaches(1).fork(2).detaches(2).ends(2).waits(1, 2)
    run = story.ends(1).run()
    found = told("2-sharing", [run], removes=FAILED, detaches=FAILED)
    assert names(found) == ["never-detached", "segment-left"]


def test_unusable_permissions_are_named_before_what_follows() -> None:
    story = Story("12", "7").creates(1, mode=0)
    run = story.call(1, "shmat", error="EACCES", id=41).says(1, "no").ends(1, 1).run()
    verdicts = dict(owner_may_read_and_write=FAILED, child_prints_the_sum=FAILED, removes=FAILED)
    assert names(told("2-sharing", [run], **verdicts)) == ["mode-unusable"]


def test_a_missing_ipc_creat_is_named() -> None:
    story = Story("12", "7").call(1, "shmget", error="ENOENT", key=24601, size=4, flags=0o600)
    run = story.says(1, "no").ends(1, 1).run()
    assert names(told("2-sharing", [run], creates_a_segment=FAILED)) == ["no-ipc-creat"]


def test_another_means_is_named() -> None:
    run = Story("12", "7").fork(2).prints(2, "child: 19").ends(2).waits(1, 2)
    run.prints(1, "parent: 19").ends(1)
    assert names(told("2-sharing", [run.run()], creates_a_segment=FAILED)) == ["no-segment"]


def test_a_removal_that_comes_too_early_is_named() -> None:
    story = Story("12", "7").creates(1).fork(2).attaches(2).detaches(2).removes(2).ends(2)
    story.waits(1, 2).call(1, "shmat", error="EINVAL", id=41).ends(1, 1)
    found = told("2-sharing", [story.run()], parent_prints_the_shared_sum=FAILED)
    assert names(found) == ["removed-too-early"]


def test_a_failure_that_is_not_noticed_is_named() -> None:
    normal = Story("12", "7").fork(2).prints(2, "child: 19").ends(2).waits(1, 2)
    normal.prints(1, "parent: 12").ends(1)
    faulty = Story("12", "7", fail=["fork:EAGAIN"]).fork_fails().prints(1, "parent: 12").ends(1)
    found = told("1-fork-wait", [normal.run(), faulty.run()], fork_failure=FAILED)
    assert names(found) == ["error-ignored"]


def test_a_failure_that_leaves_the_segment_is_named() -> None:
    faulty = Story("12", "7", fail=["fork:EAGAIN"]).creates(1).fork_fails().says(1, "no").ends(1, 1)
    assert names(told("2-sharing", [faulty.run()], fork_failure=FAILED)) == ["error-leaves-segment"]


def test_where_no_rule_fits_nothing_is_said() -> None:
    run = Story("12", "7").fork(2).prints(2, "child: 18").ends(2).waits(1, 2)
    run.prints(1, "parent: 12").ends(1)
    assert told("1-fork-wait", [run.run()], child_prints_the_sum=FAILED) == ()


def test_a_stub_and_a_broken_build_are_told_once() -> None:
    results = {"removes": result("removes", NOT_REACHED)}
    (stub,) = diagnose("2-sharing", [], results, {"sharing.c": ""}, stub=True)
    assert stub.id == "not-started" and stub.tests == ("removes",)
    assert "Begin with assignment/2-sharing" in stub.text
