"""Mistakes in the error paths: seen in the runs in which witness made a call fail."""

from __future__ import annotations

import re

from grader.diagnose.build import CRASHES
from grader.diagnose.case import Case, RuleMatch
from grader.facts.records import Call, Run, Signal
from grader.judge import codes
from grader.judge.contents import PAGE
from grader.judge.driver import MINUS_ONE, answers
from grader.judge.failures import fails_properly
from grader.judge.narrate import readable, signal_name, story, who
from grader.judge.output import by_parent, results
from grader.judge.segments import left_behind

FAILURES = (
    "fork_failure",
    "shm_failure",
    "failures",
    "failures_are_handed_on",
    "attach_failure_is_null",
)
ASSIGNED = re.compile(r"(\w+)\s*=\s*(?:\([^()]*\)\s*)?shmat\s*\(")
WITHOUT_END = 20  # a failing call that is made this often in one run is retried forever
# the tests that require a message and an exit status
REPORTED = (*FAILURES, "create_twice_fails", "missing_segment_fails", "too_long_changes_nothing")
TRUTH = ("!{0}\\b", r"\b{0}\s*==\s*(?:NULL|0)\b", r"\bNULL\s*==\s*{0}\b", r"\b{0}\s*!=\s*NULL\b")


def fault_of(run: Run) -> Call:
    return run.faults_met[0]


def name_of(fault: Call) -> str:
    return "fork" if fault.name in ("vfork", "clone") else fault.name


def crashed_on(run: Run) -> bool:
    """Did the program, or the process in which the call failed, crash?"""
    culprits = {1, run.owner(fault_of(run).process)}
    return any(process.crashed for process in run.processes if process.number in culprits)


def went_on(case: Case, run: Run) -> bool:
    """Did the program go on as if nothing had happened?"""
    after = [line for line in results(run, case.final) if line.began > fault_of(run).seq]
    return bool(after) or run.parent.exited_with(0) or run.hit_a_limit


def compares_with_null(case: Case) -> bool:
    """Does the source test the result of shmat for NULL?"""
    for text in case.sources.values():
        for variable in set(ASSIGNED.findall(text)):
            if any(re.search(shape.format(variable), text) for shape in TRUTH):
                return True
    return False


def null_compare(case: Case) -> RuleMatch | None:
    why = "When shmat fails, it returns (void *) -1, not NULL."
    if case.exercise.is_functions:
        return _minus_one(case, why)
    if not case.failed("shm_failure", "failures"):
        return None
    for run in case.faulty:
        wrong = crashed_on(run) or went_on(case, run)
        if fault_of(run).name == "shmat" and wrong and compares_with_null(case):
            return RuleMatch(
                "You compare shmat's result with NULL, so you miss its failure.",
                f"{why} Compare with (void *) -1.",
                story(run),
                ("shm_failure", "failures"),
            )
    return None


def zero_shmid(case: Case) -> RuleMatch | None:
    failed = next(iter(case.failed_by(codes.ID_ZERO, FAILURES)), None)
    if failed is None:
        return None
    return RuleMatch(
        "You treat shmid 0 as a failure.",
        "The first segment on a freshly started system has the shmid 0, and 0 is as good as any "
        "other. Only -1 means that shmget failed: compare with -1.",
        case.evidence(failed),
        (failed,),
    )


def _minus_one(case: Case, why: str) -> RuleMatch | None:
    """segment_attach passed (void *) -1 on."""
    if not case.failed("attach_failure_is_null"):
        return None
    for run in case.faulty:
        given = answers(run, run.command[1])
        if given and given[0].function == "attach" and given[0].result == MINUS_ONE:
            return RuleMatch(
                "segment_attach returns (void *) -1 when shmat fails, instead of NULL.",
                f"{why} Compare shmat's result with (void *) -1, and return NULL in that case.",
                case.story(run),
                ("attach_failure_is_null",),
            )
    return None


def null_used(case: Case) -> RuleMatch | None:
    """In keeper: segment_attach returned NULL, and it was used as an address, or printed."""
    if not case.failed("shm_failure"):
        return None
    uses_it = any("segment_attach" in text for text in case.sources.values())
    for run in case.faulty:
        fault = run.parent.fault
        used = "your program crashed" if fault and int(fault.address, 16) < PAGE else ""
        if any("(null)" in line.text for line in run.lines):
            used = "you printed it"  # printf prints NULL as (null)
        if fault_of(run).name == "shmat" and used and uses_it:
            return RuleMatch(
                f"segment_attach returned NULL, but you used the result anyway: {used}.",
                "The grader made shmat fail, and segment_attach reports that with NULL (not with "
                "(void *) -1, as shmat does). Check the result right after the call: print what "
                "failed to stderr, and exit with status 1.",
                story(run),
                ("shm_failure",),
            )
    return None


def leaves_segment(case: Case) -> RuleMatch | None:
    """The failure is handled, except that something is left behind."""
    if case.exercise.is_functions:
        message = case.message("failures_are_handed_on")
        if not case.failed_by(codes.LEAVES_SEGMENT, ["failures_are_handed_on"]):
            return None
        return RuleMatch(
            "When segment_create fails half-way, it leaves the new segment behind.",
            f"{message} A function that fails after creating a segment must remove it.",
            case.evidence("failures_are_handed_on"),
            ("failures_are_handed_on",),
        )
    if not case.failed(*FAILURES):
        return None
    for run in case.faulty:
        left = left_behind(run)
        finding = fails_properly(run, case.final, True, fault_of(run).name != "wait")
        leaves = {codes.LEAVES_SEGMENT}
        if not case.exercise.is_commands:
            leaves.add(codes.LEAVES_CHILD)
        if finding is None or finding.cause.code not in leaves:
            continue
        what = "the segment is left behind" if left else "a child is left behind"
        return RuleMatch(
            f"When {name_of(fault_of(run))} fails, {what}.",
            "Every exit path must clean up: wait for the children, detach, remove the segment.",
            story(run),
            ("fork_failure", "shm_failure", "failures"),
        )
    return None


def stops_waiting(case: Case) -> RuleMatch | None:
    """A child failed, and the parent waited for no more of them."""
    found = case.failed_by(codes.STOPS_WAITING, FAILURES)
    if not found:
        return None
    return RuleMatch(
        "When a child fails, the parent no longer waits for the others.",
        f"{case.message(*found)} Remember the failure, wait for all of them, and only then clean "
        "up and exit with status 1.",
        case.evidence(*found),
        found,
    )


def ignored(case: Case) -> RuleMatch | None:
    """The program did not notice the failure."""
    if case.exercise.is_functions:
        return _not_handed_on(case)
    if not case.failed(*FAILURES):
        return None
    for run in case.faulty:
        if not (crashed_on(run) or went_on(case, run)):
            continue
        name = name_of(fault_of(run))
        if _tried_again(run):
            return _without_end(case, run, name)
        child = not run.is_parent(fault_of(run).process)
        tests = (*FAILURES, "create_twice_fails", "missing_segment_fails")
        if child and (unseen := _unseen_by_the_parent(case, run, name)):
            text, why = unseen
            return RuleMatch(text, why, story(run), tests)
        where = f" in {who(run, fault_of(run).process)}" if child else ""
        did, verb = _what_it_did(case, run), "reports" if run.error_lines else "ignores"
        but = f", but then {did}" if run.error_lines else f": {did}"
        return RuleMatch(
            f"Your program {verb} a failed {name}{where}{but}.",
            f"The grader made {name} fail. Check the result right after the call: print what "
            "failed to "
            f"stderr{_then(case)}.{' A child that fails exits with 1 too.' if child else ''}",
            story(run),
            tests,
        )
    return None


def _tried_again(run: Run) -> bool:
    """Does the program notice the failure, but retry the call forever?"""
    return run.hit_a_limit and len(run.faults_met) >= WITHOUT_END


def _without_end(case: Case, run: Run, name: str) -> RuleMatch:
    return RuleMatch(
        f"Your program retries a failed {name} forever.",
        f"The grader made {name} fail, and your program called it {len(run.faults_met)} times. A "
        "failure may last, and then nobody learns why nothing happens: print what failed to "
        f"stderr{_then(case)}.",
        story(run),
        (*FAILURES, "create_twice_fails", "missing_segment_fails"),
    )


def _then(case: Case) -> str:
    """What must follow the message about a failure."""
    if case.exercise.is_commands:
        return ", and exit with status 1"
    undo = "clean up" if case.exercise.shares else "print no result"
    return f", {undo}, and exit with status 1"


def _unseen_by_the_parent(case: Case, run: Run, name: str) -> tuple[str, str] | None:
    """The child noticed its failure, but its parent goes on anyway."""
    child = run.process(run.owner(fault_of(run).process))
    lines = [x for x in by_parent(run, results(run, case.final)) if x.began > fault_of(run).seq]
    told = any(run.owner(write.process) == child.number for write in run.writes("stderr"))
    if child.end != "exit" or not told or not lines:
        return None
    looks = "The parent must check the status from wait: WIFEXITED and WEXITSTATUS."
    if child.code == 0:
        return (
            f"A child exits with status 0 although its {name} failed.",
            f"The grader made {name} fail in {who(run, child.number)}. Its exit status is all that "
            f"its parent sees: 1 means failure. {looks}",
        )
    printed = readable(lines[0].text)
    return (
        f'The parent ignores its child\'s status and prints "{printed}" anyway.',
        f"The grader made {name} fail in {who(run, child.number)}, which exited with status "
        f"{child.code}. {looks} If a child failed, the whole program has failed: a line on "
        "stderr, exit status 1, no result.",
    )


def _what_it_did(case: Case, run: Run) -> str:
    if crashed_on(run):
        return _how_it_crashed(run)
    if run.hit_a_limit:
        return "it doesn't finish"
    lines = [x for x in results(run, case.final) if x.began > fault_of(run).seq]
    if lines and run.error_lines:
        return f'goes on and prints "{lines[0].text}"'
    if run.error_lines:
        return f"exits with status {run.parent.code}"
    return "it goes on as if nothing had happened"


def _how_it_crashed(run: Run) -> str:
    """Crashed, or killed by a signal that a process sent: then by which one."""
    ended = run.parent if run.parent.crashed else run.process(run.owner(fault_of(run).process))
    if ended.signal in CRASHES:
        return "it crashes"
    sent = [e for e in run.events if isinstance(e, Signal) and run.owner(e.process) == ended.number]
    sender = next((e.sender for e in sent if e.signal == ended.signal and e.sender), None)
    name = "it" if ended is run.parent else who(run, ended.number)
    by = ""
    if sender is not None:
        itself = run.owner(sender) == ended.number
        by = f", which {'it' if itself else who(run, sender)} sent{' to itself' if itself else ''}"
    return f"{name} is killed by signal {signal_name(ended.signal)}{by}"


def silent(case: Case) -> RuleMatch | None:
    """Nothing on stderr, while everything else is as it should be."""
    tests = case.failed_by(codes.SILENT_FAILURE, REPORTED)
    if not tests:
        return None
    return RuleMatch(
        "Something failed, but your program printed nothing to stderr.",
        "Users need to know why: call perror, or fprintf(stderr, ...). stdout is for results.",
        case.evidence(*tests),
        tests,
    )


def wrong_status(case: Case) -> RuleMatch | None:
    """The failure is reported, but the exit status is not 1."""
    tests = case.failed_by(codes.FAILURE_STATUS, REPORTED)
    status = case.cause(*tests).detail if tests else ""
    if status in ("", "0"):
        return None
    return RuleMatch(
        f"After a failure the exit status is {status} instead of 1.",
        "Use exit(1), exit(EXIT_FAILURE) or return 1 from main. (-1 comes out as 255: an exit "
        "status goes from 0 to 255.)",
        case.evidence(*tests),
        tests,
    )


def _not_handed_on(case: Case) -> RuleMatch | None:
    if not case.failed("failures_are_handed_on"):
        return None
    for run in case.faulty:
        given = answers(run, run.command[1])
        if given and given[0].function != "attach" and given[0].result != -1:
            return RuleMatch(
                f"segment_{given[0].function} returns {given[0].result} although "
                f"{name_of(fault_of(run))} failed.",
                "Return the result of the system call.",
                case.story(run),
                ("failures_are_handed_on",),
            )
    return None
