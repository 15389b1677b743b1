"""Diagnosis: the mistake is named from the facts; two mistakes give two names; none gives none."""

from dataclasses import replace

from grader.base.check import Cause
from grader.base.exercise import exercise_of
from grader.diagnose import Diagnosis, diagnose
from grader.facts.records import Run
from grader.judge import codes
from grader.report.model import FAILED, NOT_REACHED, PASSED, TestResult
from tests.judging.story import Story


def result(name: str, verdict: str, message: str = "", code: str = "") -> TestResult:
    section = "assignment/1-fork-wait#the-parent-waits"
    test = TestResult(f"x/{name}", name, verdict, 0, 1, "hidden", message, section=section)
    return replace(test, cause=Cause(code))


def told(exercise: str, runs: list[Run], **verdicts: str) -> tuple[Diagnosis, ...]:
    results = {name: result(name, verdict) for name, verdict in verdicts.items()}
    return diagnose(exercise_of(exercise), runs, results, {})


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
    assert any("never called wait" in line for line in found.evidence.lines)


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


def test_a_removal_that_returned_after_it_was_missed_is_named() -> None:
    story = Story("3").creates(1, size=4).fork(2).fork(3)
    began = story._next()
    story.call(3, "shmget", error="ENOENT", key=24601, size=0, flags=0).ends(3, 1)
    run = story.removes(2, began=began).ends(2).waits(1, 2).waits(1, 3).ends(1, 1).run()
    (found,) = told("6-tally", [run], prints_the_total=FAILED)
    assert found.id == "removed-too-early"
    assert found.text.startswith("Process 2 (child 1) removed the segment")


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
    (stub,) = diagnose(exercise_of("2-sharing"), [], results, {"sharing.c": ""}, stub=True)
    assert stub.id == "not-started" and stub.tests == ("removes",)
    assert "Start with assignment/2-sharing" in stub.text


def lines_of(label: str, printed: dict[str, int], *, pid: int = 1) -> list[Run]:
    """A run for each of these commands, in which a child is there and this process prints."""
    return [
        Story(*words.split()).fork(2).ends(2).waits(1, 2).prints(pid, f"{label}: {said}").run()
        for words, said in printed.items()
    ]


def test_a_total_of_unsigned_squares_is_not_called_cut_to_a_char() -> None:
    runs = lines_of("total", {"-16 3": 265 - 16 * 2**32, "2": 4})
    (found,) = told("6-tally", runs, prints_the_total=FAILED)
    assert "wrong for a negative value" in found.text and "4294967280" in found.explanation


def test_a_total_of_shorts_is_called_cut_to_16_bits() -> None:
    runs = lines_of("total", {"300 200": 300 * 300 - 2**16 + 200 * 200 - 2**16})
    (found,) = told("6-tally", runs, prints_the_total=FAILED)
    assert "cut to 16 bits" in found.text


def test_what_went_through_a_float_is_named() -> None:
    runs = lines_of("total", {"0 -1 1 -46340": 2147395586, "3": 9})
    (found,) = told("6-tally", runs, prints_the_total=FAILED)
    assert found.id == "not-exact" and "float" in found.text


def test_one_number_that_no_float_would_give_is_no_float() -> None:
    runs = lines_of("total", {"0 -1 1 -46340": 2147395586, "3": 10})
    assert told("6-tally", runs, prints_the_total=FAILED) == ()


def test_a_line_that_was_printed_before_the_fork_is_told_as_such() -> None:
    story = Story("12", "7").prints(1, "parent: 12").fork(2).prints(2, "child: 19").ends(2)
    pipe = Story("12", "7", stdout="pipe").fork(2).prints(2, "parent: 12\nchild: 19").ends(2)
    runs = [story.waits(1, 2).ends(1).run()]
    runs += [pipe.waits(1, 2).prints(1, "parent: 12").ends(1).run()]
    verdicts = dict(child_line_comes_first=FAILED, parent_waits=FAILED, works_in_a_pipe=FAILED)
    (found,) = told("1-fork-wait", runs, **verdicts)
    assert found.text == '"parent: 12" was printed before the fork.'
    assert "more than once" in found.explanation


def test_a_label_that_the_child_inherits_in_the_buffer_is_no_misspelling() -> None:
    story = Story("12", "7").fork(2).prints(2, "parent: child: 19").ends(2).waits(1, 2)
    run = story.prints(1, "parent: 12").ends(1).run()
    (found,) = told("1-fork-wait", [run], child_prints_the_sum=FAILED)
    assert found.id == "printed-twice" and found.text.startswith('The child prints "parent: " too')


def test_words_before_a_label_are_a_misspelling() -> None:
    story = Story("12", "7").fork(2).prints(2, "the child: 19").ends(2).waits(1, 2)
    run = story.prints(1, "the parent: 12").ends(1).run()
    lost = result("child_prints_the_sum", FAILED, "The line isn't spelled so.", codes.FORM)
    found = diagnose(exercise_of("1-fork-wait"), [run], {"child_prints_the_sum": lost}, {})
    assert names(found) == ["wrong-label"] and found[0].text == lost.message


def test_a_fork_that_is_tried_without_end_was_noticed() -> None:
    faulty = Story("12", "7", fail=["fork:EAGAIN"])
    for _ in range(40):
        faulty.fork_fails()
    faulty.verdict = "wall-time"
    (found,) = told("1-fork-wait", [faulty.run()], fork_failure=FAILED)
    assert found.text == "Your program retries a failed fork forever."
    assert any("40 times in a row" in line for line in found.evidence.lines)


def test_a_parent_that_its_child_ends_did_not_crash() -> None:
    faulty = Story("12", "7", fail=["shmat:ENOMEM"]).creates(1).fork(2)
    faulty.call(2, "shmat", error="ENOMEM", injected=True).says(2, "shmat: no").ends(2, 1)
    (found,) = told("2-sharing", [faulty.crashes(1, 15).run()], shm_failure=FAILED)
    assert "killed by signal 15 (SIGTERM)" in found.text and "crash" not in found.text


def test_a_core_dump_that_is_taken_for_another_end_is_named() -> None:
    swapped = Story("12", core=True, signal=[11, 6]).fork(2).crashes(2, 6).waits(1, 2).ends(1, 1)
    plain = Story("12").fork(2).crashes(2).waits(1, 2)
    runs = [plain.prints(1, "child killed by signal 11").ends(1).run(), swapped.run()]
    lost = result("status_is_decoded", FAILED, code=codes.MISSING_LINE)
    for code, word in (
        ("if (!WIFSIGNALED(s) || WCOREDUMP(s))", "there was a core dump"),
        ("if (info.si_code == CLD_KILLED)", "CLD_DUMPED"),
        ("if (WTERMSIG(s) == SIGSEGV) /* WCOREDUMP */", "the signal isn't 11"),
    ):
        source = {"read_only.c": code}
        (found,) = diagnose(exercise_of("5-read-only"), runs, {"status_is_decoded": lost}, source)
        assert word in found.text


def test_a_start_that_the_parent_did_not_put_in_is_no_missing_result() -> None:
    run = Story("12", "7").creates(1).fork(2).ends(2).waits(1, 2).ends(1).run()
    found = result("child_changes_the_segment", FAILED, code=codes.NEVER_HELD_START)
    lost = {"child_changes_the_segment": found}
    (found,) = diagnose(exercise_of("2-sharing"), [run], lost, {})
    assert found.id == "start-not-put" and "didn't put START" in found.text


def explained(run: Run, source: str = "") -> str:
    lost = {"parent_waits": result("parent_waits", FAILED)}
    (found,) = diagnose(exercise_of("1-fork-wait"), [run], lost, {"fork_wait.c": source})
    assert found.id == "never-waited"
    return found.explanation


def test_who_asks_with_wnohang_and_sleeps_does_not_only_sleep() -> None:
    asks = Story("12", "7").fork(2).call(1, "wait", 0, options=1).call(1, "sleep", ms=1)
    run = asks.prints(1, "parent: 12").ends(1).prints(2, "child: 19").ends(2).run()
    assert "only checks" in explained(run) and "sleep" not in explained(run)


def test_who_looks_with_kill_does_not_only_sleep() -> None:
    story = Story("12", "7").fork(2).prints(2, "child: 19").ends(2)
    for _ in range(3):
        story.call(1, "kill", 0, target=2, signal=0).call(1, "sleep", ms=1)
    run = story.prints(1, "parent: 12").ends(1).run()
    assert "kept checking" in explained(run) and "sleep hopes" not in explained(run)


def test_with_sigchld_ignored_nobody_stays_as_a_zombie() -> None:
    story = Story("12", "7").fork(2).prints(2, "child: 19").ends(2)
    run = story.prints(1, "parent: 12").ends(1).run()
    assert "zombie" in explained(run)
    assert "zombie" not in explained(run, "signal(SIGCHLD, SIG_IGN);")


def test_a_mistake_explains_no_test_whose_own_run_shows_another() -> None:
    """Size 0 for no values does not hide that a failing fork goes unnoticed."""
    empty = Story().call(1, "shmget", error="EINVAL", key=24601, size=0, flags=0o1600)
    plain = Story("3").creates(1).fork(2).ends(2).waits(1, 2).prints(1, "total: 9").removes(1)
    broken = Story("3", fail=["fork:EAGAIN"]).creates(1).fork_fails().prints(1, "total: 0")
    runs = [plain.ends(1).run(), empty.says(1, "no").ends(1, 1).run(), broken.ends(1).run()]
    results = {
        "prints_the_total": replace(result("prints_the_total", FAILED), shows=runs[1]),
        "failures": replace(result("failures", FAILED), shows=runs[2]),
    }
    found = diagnose(exercise_of("6-tally"), runs, results, {})
    assert [(one.id, one.tests) for one in found] == [
        ("segment-too-small", ("prints_the_total",)),
        ("error-ignored", ("failures",)),
    ]


def test_children_that_look_it_up_in_vain_are_named_before_what_is_not_printed() -> None:
    story = Story("3").creates(1, size=4).fork(2)
    story.call(2, "shmget", error="EINVAL", key=24601, size=256, flags=0).says(2, "no").ends(2, 1)
    run = story.waits(1, 2).removes(1).ends(1, 1).run()
    (found,) = told("6-tally", [run], prints_the_total=FAILED, each_child_looks_it_up_by_key=FAILED)
    assert found.id == "not-looked-up" and "256 bytes" in found.explanation


def test_who_says_nothing_is_not_quoted() -> None:
    run = Story("12", "7").fork(2).ends(2).waits(1, 2).ends(1, 3).run()
    (found,) = told("1-fork-wait", [run], child_prints_the_sum=FAILED)
    assert found.id == "prints-nothing" and "printed on stderr nothing" in found.explanation


def waits_for_nobody(code: int, error: str = "") -> Run:
    """One child, one wait that collects it, and one that finds nobody; then the program fails."""
    story = Story("12", "7").creates(1).fork(2)
    if error:
        story.call(2, "shmat", error=error, id=41, flags=0)
    story.ends(2, code).waits(1, 2).wait_fails(1).says(1, "failed").removes(1)
    return story.ends(1, 1).run()


def test_one_wait_too_many_is_named_where_nothing_else_failed() -> None:
    found = told("2-sharing", [waits_for_nobody(0)], parent_prints_the_shared_sum=FAILED)
    assert names(found) == ["waits-once-more"]


def test_waiting_until_nobody_is_left_is_no_mistake_of_a_program_that_fails_otherwise() -> None:
    for run in (waits_for_nobody(1), waits_for_nobody(0, "EINVAL")):
        found = told("2-sharing", [run], parent_prints_the_shared_sum=FAILED)
        assert "waits-once-more" not in names(found)


def filled(*words: int, exercise: str = "6-tally") -> Run:
    """The only child leaves these bytes in the segment."""
    data = b"".join(word.to_bytes(8, "little") for word in words)
    story = Story("3", content=True).creates(1, size=64).fork(2).holds(data, author=2)
    return story.ends(2).waits(1, 2).prints(1, "total: 0").removes(1).ends(1).run()


def test_a_pointer_in_a_slot_is_named_and_two_numbers_side_by_side_are_none() -> None:
    lost = dict(each_child_fills_its_slot=FAILED)
    assert names(told("6-tally", [filled(0x7FFE12345678)], **lost)) == ["no-number"]
    assert names(told("6-tally", [filled(0x555512345678)], **lost)) == ["no-number"]
    for first, second in ((6517, 5157), (9999, 19999), (6517**2, 5157**2), (2500, 0), (1, 3)):
        assert "no-number" not in names(told("6-tally", [filled(second << 32 | first)], **lost))
