"""3-segment: each of the five functions in its own process, judged by what witness saw."""

from grader.base.check import check
from grader.base.exercise import exercise_of
from grader.facts.command import command
from grader.grading.submission import Submission
from grader.hidden.common_checks import HiddenTest, named
from grader.hidden.driver_runs import Trial
from grader.hidden.runs import demand_no_memory_errors
from grader.hidden.segment_works import (
    FUNCTIONS,
    create_cleans_up,
    failures,
    works,
    wrong,
    wrong_lookups,
    wrong_twice,
    wrong_with_zero,
)
from grader.judge.driver import story
from grader.judge.finding import demand, only_if
from grader.judge.functions import (
    all_zeros,
    attached,
    cannot_be_written,
    fault_of,
    hands_failure_on,
    hands_out_its_memory,
    is_quiet,
    keeps_errno,
    stays_attached,
)
from grader.judge.in_use import creates_nothing, detaches_nothing, refuses_a_taken_key
from grader.judge.segments import creates_exclusively, owner_may_use

EXERCISE = exercise_of("3-segment")
STEPS = (
    "create 4711 4096",  # whole pages: what follows them is not memory
    "access 4711",
    "attach 4711 7",
    "detach 4711",
    "remove 4711",
)
# valgrind's start takes longer than all the rest: it starts once, and forks for each step.
VALGRIND = [command("token", "each", *" , ".join(STEPS).split())]


def works_check(function: str, sentence: str, *, points: int, hint: str) -> HiddenTest:
    """This function does by itself what segment.h promises."""

    @check(points=points, concept=function, section=f"3-segment#segment_{function}", hint=hint)
    def works_alone(submission: Submission) -> None:
        demand(wrong(Trial(submission), function))

    return named(sentence, works_alone)


@check(
    points=2,
    concept="create",
    section="3-segment#segment_create",
    hint="return shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);",
)
def test_create_makes_a_zeroed_segment(submission: Submission) -> None:
    """segment_create makes a new segment of that size, all zeros"""
    trial = Trial(submission)
    demand(wrong(trial, "create"), *(all_zeros(run) for run in trial.create.values()))


@check(
    points=1,
    concept="permissions",
    section="3-segment#segment_create",
    hint="Permissions are octal: 0600, with the leading zero.",
)
def test_create_lets_the_owner_read_and_write(submission: Submission) -> None:
    """segment_create lets the owner read and write"""
    run = Trial(submission).create["first"]
    only_if(run.created_segments, "no segment was created")
    demand(owner_may_use(run))


@check(
    points=2,
    concept="create",
    section="3-segment#segment_create",
    hint="With IPC_EXCL, shmget fails if the key is taken.",
)
def test_create_refuses_a_taken_key(submission: Submission) -> None:
    """segment_create returns -1 if the key is taken"""
    trial = Trial(submission)
    made = [segment.key for segment in trial.create["first"].created_segments]
    only_if(made == trial.keys[:1], "segment_create doesn't create a segment yet")
    demand(refuses_a_taken_key(trial.taken, trial.token))
    first = trial.create["first"]
    demand(creates_exclusively(first, story(first)))


test_access_finds_any_size = works_check(
    "access",
    "segment_access finds a segment of any size",
    points=2,
    hint="shmget(key, 0, 0): size 0 fits every segment.",
)


@check(
    points=2,
    concept="access",
    section="3-segment#segment_access",
    hint="Without IPC_CREAT, shmget fails if there is no segment.",
)
def test_access_never_creates(submission: Submission) -> None:
    """segment_access returns -1 if there is no segment, and creates none"""
    trial = Trial(submission)
    run = trial.access["none"]
    only_if(run.calls("shmget"), "segment_access never calls shmget")
    demand(creates_nothing(run, trial.token))
    only_if(None in wrong_lookups(trial), "segment_access doesn't find a segment yet")


test_attach_reads_and_writes = works_check(
    "attach",
    "segment_attach returns the segment's memory, to read and write",
    points=3,
    hint="shmat(shmid, NULL, 0): the system chooses the address, and shmat returns it.",
)


@check(
    points=2,
    concept="read-only",
    section="3-segment#segment_attach",
    hint="read_only ? SHM_RDONLY : 0, as shmat's flags.",
)
def test_attach_read_only(submission: Submission) -> None:
    """segment_attach returns read-only memory if read_only is true"""
    trial = Trial(submission)
    run = trial.others["attach_read_only"]
    if not works(trial, "attach") and any(call.read_only for call in run.calls("shmat", ok=True)):
        only_if(
            hands_out_its_memory(run, trial.token), "it returns a wrong address (already reported)"
        )
    demand(attached(run, trial.token, True, trial.values[0]), cannot_be_written(run))


@check(
    points=2,
    concept="errors",
    section="3-segment#segment_attach",
    hint="shmat fails with (void *) -1, not with NULL.",
)
def test_attach_failure_is_null(submission: Submission) -> None:
    """segment_attach returns NULL when shmat fails"""
    trial = Trial(submission)
    read_only = attached(trial.others["attach_read_only"], trial.token, True, trial.values[0])
    only_if(works(trial, "attach") or not read_only, "segment_attach doesn't work yet")
    runs = [run for name, run in trial.failing if name == "attach" and fault_of(run, name)]
    only_if(runs, "segment_attach never calls shmat")
    demand(*(hands_failure_on(run, trial.token, "attach") for run in runs))


test_detach_detaches = works_check(
    "detach", "segment_detach detaches, and returns 0", points=2, hint="return shmdt(address);"
)


test_remove_removes = works_check(
    "remove",
    "segment_remove removes the segment, and returns 0",
    points=2,
    hint="return shmctl(shmid, IPC_RMID, NULL);",
)


@check(
    points=1,
    concept="errors",
    section="3-segment#errno",
    hint="Return the result of the system call.",
)
def test_failures_are_handed_on(submission: Submission) -> None:
    """When its call fails, a function returns -1 and leaves nothing behind"""
    trial = Trial(submission)
    failed = [(name, run) for name, run in failures(trial) if name != "attach"]
    only_if(failed, "no function works yet")
    demand(*(hands_failure_on(run, trial.token, name) for name, run in failed))
    if works(trial, "detach"):
        demand(detaches_nothing(trial.others["detach_nothing"], trial.token))
    demand(create_cleans_up(trial))
    demand(*(wrong_with_zero(trial, name) for name in FUNCTIONS if works(trial, name)))


@check(
    points=2,
    concept="errors",
    section="3-segment#errno",
    hint="Nothing may change errno between the failing call and the return; printing can.",
)
def test_errno_is_kept(submission: Submission) -> None:
    """After a failure, errno is what the system call set"""
    trial = Trial(submission)
    failed = failures(trial)
    only_if(failed, "no function works yet")
    demand(*(keeps_errno(run, trial.token, name) for name, run in failed))


@check(
    points=1,
    concept="functions",
    section="3-segment#quiet-and-stateless",
    hint="No printing, no static variables: everything comes in as a parameter.",
)
def test_quiet_and_stateless(submission: Submission) -> None:
    """The functions print nothing and keep nothing between two calls"""
    trial = Trial(submission)
    creates, lookups = list(trial.create.values()), list(trial.access.values())
    called = any(run.calls("shmget") for run in creates + lookups)
    only_if(called and any(works(trial, name) for name in FUNCTIONS), "no function works yet")
    called_alone = [*creates, *lookups, *trial.others.values()]
    demand(*(is_quiet(run, trial.token) for run in called_alone))
    demand(*(is_quiet(run, trial.token) for _, run in failures(trial)))
    demand(*wrong_twice(trial))
    attach_nothing = [trial.create["first"], trial.create["second"]]
    attach_nothing += [run for run, _ in trial.lookups]
    demand(*(stays_attached(run) for run in [*attach_nothing, trial.others["remove"]]))


@check(
    points=1,
    concept="memory",
    section="3-segment#points",
    hint="valgrind ./build/test_segment names the line.",
)
def test_memory(submission: Submission) -> None:
    """valgrind finds no invalid memory use"""
    trial = Trial(submission)
    only_if(
        any(works(trial, name) for name in ("create", "access", "attach")), "no function works yet"
    )
    # a function that does not work gives wrong arguments to system calls: that is reported already
    ignore = () if works(trial, *FUNCTIONS) else ("SyscallParam",)
    demand_no_memory_errors(submission, ignore=ignore)
