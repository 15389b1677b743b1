"""Mistakes in the error paths: seen in the runs where witness made a call fail."""

from __future__ import annotations

import re

from grader.diagnose.build import CRASHES
from grader.diagnose.case import Case, Said
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
WITHOUT_END = 20  # times that a failing call was made in one run
# the tests that ask for a message and an exit status
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


def null_compare(case: Case) -> Said | None:
    why = "shmat fails with (void *) -1, an address at the very end of memory, and not with NULL."
    if case.exercise.is_functions:
        return _minus_one(case, why)
    if not case.failed("shm_failure", "failures"):
        return None
    for run in case.faulty:
        wrong = crashed_on(run) or went_on(case, run)
        if fault_of(run).name == "shmat" and wrong and compares_with_null(case):
            return Said(
                "shmat's result is compared with NULL, so its failure is not seen.",
                f"{why} Compare with (void *) -1.",
                story(run),
                ("shm_failure", "failures"),
            )
    return None


def zero_shmid(case: Case) -> Said | None:
    failed = next(iter(case.failed_by(codes.ID_ZERO, FAILURES)), None)
    if failed is None:
        return None
    return Said(
        "Descriptor 0 is taken for a failure.",
        "The first segment of a freshly started system has the shmid 0, and 0 is as good as "
        "any other. Only -1 means that shmget failed: compare with -1.",
        case.evidence(failed),
        (failed,),
    )


def _minus_one(case: Case, why: str) -> Said | None:
    """segment_attach handed (void *) -1 on."""
    if not case.failed("attach_failure_is_null"):
        return None
    for run in case.faulty:
        given = answers(run, run.command[1])
        if given and given[0].function == "attach" and given[0].result == MINUS_ONE:
            return Said(
                "segment_attach returns (void *) -1 when shmat fails, instead of NULL.",
                f"{why} Compare shmat's result with (void *) -1, and return NULL then.",
                case.story(run),
                ("attach_failure_is_null",),
            )
    return None


def null_used(case: Case) -> Said | None:
    """In keeper: segment_attach returned NULL, and it was used as an address, or printed."""
    if not case.failed("shm_failure"):
        return None
    uses_it = any("segment_attach" in text for text in case.sources.values())
    for run in case.faulty:
        fault = run.parent.fault
        used = "the program crashed" if fault and int(fault.address, 16) < PAGE else ""
        if any("(null)" in line.text for line in run.lines):
            used = "it was printed"  # which is what printf makes of it
        if fault_of(run).name == "shmat" and used and uses_it:
            return Said(
                f"segment_attach returned NULL, and its result was used all the same: {used}.",
                "The grader made shmat fail, and segment_attach says so with NULL (not with "
                "(void *) -1, as shmat does). Look at its result right after the call: say on "
                "stderr what failed, and end with exit status 1.",
                story(run),
                ("shm_failure",),
            )
    return None


def leaves_segment(case: Case) -> Said | None:
    """All is well after the failure, but for what is left behind."""
    if case.exercise.is_functions:
        message = case.message("failures_are_handed_on")
        if not case.failed_by(codes.LEAVES_SEGMENT, ["failures_are_handed_on"]):
            return None
        return Said(
            "When segment_create fails half-way, the new segment stays.",
            f"{message} Who fails after creating removes what it has created.",
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
        what = "the segment stays" if left else "a child is left behind"
        return Said(
            f"When {name_of(fault_of(run))} fails, {what}.",
            "Every way out of the program has to undo what was made by then: wait for the children "
            "that are there, detach, and remove the segment.",
            story(run),
            ("fork_failure", "shm_failure", "failures"),
        )
    return None


def ignored(case: Case) -> Said | None:
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
            return Said(text, why, story(run), tests)
        where = f" in {who(run, fault_of(run).process)}" if child else ""
        noticed = "reported, but then" if run.error_lines else "not noticed:"
        return Said(
            f"A failing {name}{where} is {noticed} {_what_it_did(case, run)}.",
            f"The grader made {name} fail. Look at its result right after the call: say on stderr "
            f"what failed{_then(case)}.{' A child that fails ends with 1, too.' if child else ''}",
            story(run),
            tests,
        )
    return None


def _tried_again(run: Run) -> bool:
    """Does the program know of the failure, and make the call again and again, without end?"""
    return run.hit_a_limit and len(run.faults_met) >= WITHOUT_END


def _without_end(case: Case, run: Run, name: str) -> Said:
    return Said(
        f"A {name} that fails is tried again without end.",
        f"The grader made {name} fail, and the program called it {len(run.faults_met)} times. A "
        "failure may last, and then nobody learns why nothing happens: say on stderr what "
        f"failed{_then(case)}.",
        story(run),
        (*FAILURES, "create_twice_fails", "missing_segment_fails"),
    )


def _then(case: Case) -> str:
    """What is asked after the message of a failure."""
    if case.exercise.is_commands:
        return ", and end with exit status 1"
    undo = "undo what was made so far" if case.exercise.shares else "print no result"
    return f", {undo}, and end with exit status 1"


def _unseen_by_the_parent(case: Case, run: Run, name: str) -> tuple[str, str] | None:
    """The child noticed its failure, and its parent goes on all the same."""
    child = run.process(run.owner(fault_of(run).process))
    lines = [x for x in by_parent(run, results(run, case.final)) if x.began > fault_of(run).seq]
    told = any(run.owner(write.process) == child.number for write in run.writes("stderr"))
    if child.end != "exit" or not told or not lines:
        return None
    looks = "The parent looks at the status that wait fills in: WIFEXITED and WEXITSTATUS."
    if child.code == 0:
        return (
            f"A child whose {name} failed ends with exit status 0, as if all were well.",
            f"The grader made {name} fail in {who(run, child.number)}. Its exit status is the only "
            f"word that its parent gets: 1 says that it failed. {looks}",
        )
    printed = readable(lines[0].text)
    return (
        f'The parent does not look at its child\'s status, and prints "{printed}" all the same.',
        f"The grader made {name} fail in {who(run, child.number)}, which ended with exit status "
        f"{child.code}. {looks} If a child failed, so has the whole: a line on stderr, exit "
        "status 1, no result.",
    )


def _what_it_did(case: Case, run: Run) -> str:
    if crashed_on(run):
        return _how_it_crashed(run)
    if run.hit_a_limit:
        return "the program does not come to its end"
    lines = [x for x in results(run, case.final) if x.began > fault_of(run).seq]
    if lines and run.error_lines:
        return f'the program goes on and prints "{lines[0].text}"'
    if run.error_lines:
        return f"the program ends with exit status {run.parent.code}"
    return "the program goes on as if nothing had happened"


def _how_it_crashed(run: Run) -> str:
    """Crashed, or ended by a signal that somebody sent: then by whom."""
    ended = run.parent if run.parent.crashed else run.process(run.owner(fault_of(run).process))
    if ended.signal in CRASHES:
        return "the program crashed"
    sent = [e for e in run.events if isinstance(e, Signal) and run.owner(e.process) == ended.number]
    sender = next((e.sender for e in sent if e.signal == ended.signal and e.sender), None)
    name = "the program" if ended is run.parent else who(run, ended.number)
    by = ""
    if sender is not None:
        itself = run.owner(sender) == ended.number
        by = f", which {'it' if itself else who(run, sender)} sent{' to itself' if itself else ''}"
    return f"{name} is ended by signal {signal_name(ended.signal)}{by}"


def silent(case: Case) -> Said | None:
    """Nothing on stderr, where all else is as it should be."""
    tests = case.failed_by(codes.SILENT_FAILURE, REPORTED)
    if not tests:
        return None
    return Said(
        "When something failed, nothing on stderr said so.",
        "Who uses your program wants to know why it failed: perror, or fprintf(stderr, ...). What "
        "goes to stdout counts as a result.",
        case.evidence(*tests),
        tests,
    )


def wrong_status(case: Case) -> Said | None:
    """The failure is told, and then the exit status is another than 1."""
    tests = case.failed_by(codes.FAILURE_STATUS, REPORTED)
    status = case.cause(*tests).detail if tests else ""
    if status in ("", "0"):
        return None
    return Said(
        f"After a failure the exit status is {status} instead of 1.",
        "exit(1), exit(EXIT_FAILURE) or return 1 from main say that something failed. (-1 comes "
        "out as 255: an exit status goes from 0 to 255.)",
        case.evidence(*tests),
        tests,
    )


def _not_handed_on(case: Case) -> Said | None:
    if not case.failed("failures_are_handed_on"):
        return None
    for run in case.faulty:
        given = answers(run, run.command[1])
        if given and given[0].function != "attach" and given[0].result != -1:
            return Said(
                f"segment_{given[0].function} returns {given[0].result} although "
                f"{name_of(fault_of(run))} failed.",
                "The result of the system call is the result of the function: return it.",
                case.story(run),
                ("failures_are_handed_on",),
            )
    return None
