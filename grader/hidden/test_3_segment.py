"""3-segment: each of the five functions in its own process, judged by what witness saw."""

from functools import cached_property

from grader.base.check import Cause, check
from grader.base.exercise import exercise_of
from grader.facts.command import Argument, Command, command
from grader.facts.records import Run, Segment
from grader.grading.submission import Submission
from grader.hidden.runs import ERRORS, demand_no_memory_errors
from grader.judge import codes
from grader.judge.contents import wrote
from grader.judge.driver import answers, shown, story
from grader.judge.failures import has_id_zero, takes_zero_for_failure
from grader.judge.finding import Finding, demand, only_if
from grader.judge.functions import (
    TAKES,
    accessed,
    all_zeros,
    attached,
    call_removed,
    cannot_be_written,
    created,
    detached,
    fault_of,
    hands_failure_on,
    hands_out_its_memory,
    is_quiet,
    keeps_errno,
    missing,
    removed,
    side_by_side,
    stays_attached,
)
from grader.judge.in_use import (
    attaches_often,
    detaches_nothing,
    detaches_often,
    looks_again,
    removes_attached,
)
from grader.judge.narrate import bytes_of, describe_call
from grader.judge.segments import owner_may_use

EXERCISE = exercise_of("3-segment")
VALGRIND = [
    command("token", "create", 4711, 4096),  # whole pages: what follows them is not memory
    command("token", "access", 4711),
    command("token", "attach", 4711, 7),
    command("token", "detach", 4711),
    command("token", "remove", 4711),
]
FUNCTIONS = tuple(TAKES)
MANY = 20  # times that one segment is attached in one program


def arranged(run: Run) -> Segment:
    """The segment that the driver made; the student's code can end the program before that."""
    only_if(run.created_segments, "the program ended before it called any function")
    return run.created_segments[0]


class Trial:
    """All runs of one submission: random keys, sizes and values, one function per process."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        draw = submission.draw("functions")
        self.token = draw.text(12)
        self.keys = draw.distinct(10, 100_000, 2_000_000_000)
        self.keys[1] *= -1  # a key is just a number
        self.size = (
            2 * draw.int(100, 250) + 1
        )  # passed as flags by mistake, it would not contain IPC_CREAT
        self.larger = 5002 + self.size  # odd too: whole words are not the whole size
        self.values = draw.distinct(3, 0x11111111, 0x7FFFFFFF)
        self.errors = {call: draw.choice(names) for call, names in ERRORS.items()}

    def do(
        self,
        name: str,
        *args: Argument,
        fail: str = "",
        stdout: str = "terminal",
        id_zero: bool = False,
    ) -> Command:
        faults = (fail,) if fail else ()
        return command(
            self.token, name, *args, content=True, fail=faults, stdout=stdout, id_zero=id_zero
        )

    def arrange(self, key: int, size: int, value: int = 0) -> Command:
        return self.do("arrange", key, size, value)

    def runs(self, *commands: Command) -> list[Run]:
        return self.submission.series(commands)

    @cached_property
    def create(self) -> list[Run]:
        one, two = self.keys[:2]
        return self.runs(
            self.do("create", one, self.size),
            self.do("peek", one),
            self.do("create", two, self.larger),
            self.do("peek", two),
        )

    @cached_property
    def access(self) -> list[Run]:
        sizes = (1, self.size, 100_000)
        pairs = [(self.arrange(k, s), self.do("access", k)) for k, s in zip(self.keys, sizes)]
        return self.runs(
            *(each for pair in pairs for each in pair), self.do("access", self.keys[7])
        )

    @cached_property
    def others(self) -> list[Run]:
        """Attach, detach and remove one segment, attach another read-only, and the rarer calls."""
        key, (old, new, never) = self.keys[0], self.values
        return self.runs(
            self.arrange(key, self.size, old),
            self.do("attach", key, new),
            self.do("detach", key),
            self.do("remove", key),
            self.arrange(self.keys[1], self.size, old),
            self.do("attach_read_only", self.keys[1], never),
            self.do("detach_nothing", self.keys[1]),
            self.do("remove_attached", self.keys[1]),
        )

    @property
    def read_only(self) -> Run:
        return self.others[5]

    def single(self, function: str) -> Finding | None:
        """What is wrong with this function by itself, if anything."""
        old = self.values[0]
        if function == "create":
            one, two = self.keys[:2]
            first = created(self.create[0], self.token, one, self.size)
            return first or created(self.create[2], self.token, two, self.larger)
        if function == "access":
            return next((finding for finding in self.lookups() if finding), None)
        if function == "attach":
            return attached(self.others[1], self.token, False, old) or self.is_shared()
        if function == "detach":
            return detached(self.others[2], self.token)
        alone = removed(self.others[3], self.token, arranged(self.others[0]))
        return alone or removes_attached(self.others[7], self.token)

    def lookups(self) -> list[Finding | None]:
        """What is wrong with segment_access, for a segment of each size."""
        pairs = zip((0, 2, 4), (1, 3, 5))
        found = [(arranged(self.access[i]), self.access[j]) for i, j in pairs]
        return [accessed(run, self.token, segment) for segment, run in found]

    def is_shared(self) -> Finding | None:
        run, new = self.others[1], self.values[1]
        if run.parent.exited_with(0) and wrote(run, 1, new) is not None:
            return None
        return Finding(
            "segment_attach(shmid, false): what you write there doesn't reach the segment.",
            expected="memory to read and write",
            seen="the segment didn't change",
            evidence=story(run),
        )

    def works(self, function: str) -> bool:
        return self.single(function) is None

    def with_zero(self, function: str) -> Finding | None:
        """What is wrong when the shmid is 0, if anything."""
        key, value = self.keys[0], self.values[0]
        if function == "create":
            (run,) = self.runs(self.do("create", key, self.size, id_zero=True))
            good = not has_id_zero(run) or created(run, self.token, key, self.size) is None
            return None if good else self.took_zero(run)
        first, access, attach, detach, remove = self.runs(
            self.do("arrange", key, self.size, value, id_zero=True),
            self.do("access", key),
            self.do("attach", key, value),
            self.do("detach", key),
            self.do("remove", key),
        )
        segment = has_id_zero(first)
        if segment is None:
            return None
        told = {
            "access": (access, accessed(access, self.token, segment)),
            "attach": (attach, attached(attach, self.token, False, value)),
            "detach": (detach, detached(detach, self.token)),
            "remove": (remove, removed(remove, self.token, segment)),
        }
        run, wrong = told[function]
        return self.took_zero(run) if wrong else None

    def took_zero(self, run: Run) -> Finding:
        given = answers(run, self.token)
        result = f"it returned {shown(given[0].function, given[0].result)}" if given else ""
        return takes_zero_for_failure(run, result, story(run))

    @cached_property
    def failing(self) -> list[tuple[str, Run]]:
        """Each function while its call fails: on a terminal with each error, in a pipe with one."""
        key, free = self.keys[:2]
        told = {"create": ("create", free, self.size), "attach": ("attach", key, 1)}
        faults = [
            (function, f"{call}:{error}", stdout)
            for function, call in TAKES.items()
            for stdout, errors in (("terminal", ERRORS[call]), ("pipe", (self.errors[call],)))
            for error in errors
        ]
        runs = self.runs(
            self.arrange(key, self.size),
            *(
                self.do(*told.get(function, (function, key)), fail=broken, stdout=stdout)
                for function, broken, stdout in faults
            ),
        )
        return [(function, run) for (function, _, _), run in zip(faults, runs[1:])]

    @cached_property
    def failures(self) -> list[tuple[str, Run]]:
        """The failing runs of functions that otherwise work, if the injected failure happened."""
        return [
            (name, run) for name, run in self.failing if self.works(name) and fault_of(run, name)
        ]


@check(
    points=2,
    concept="create",
    section="3-segment#segment_create",
    hint="return shmget(key, size, IPC_CREAT | IPC_EXCL | 0600);",
)
def test_create_makes_a_zeroed_segment(submission: Submission) -> None:
    """segment_create makes a new segment of that size, all zeros"""
    trial = Trial(submission)
    demand(trial.single("create"), *(all_zeros(run) for run in trial.create))


@check(
    points=1,
    concept="permissions",
    section="3-segment#segment_create",
    hint="Permissions are octal: 0600, with the leading zero.",
)
def test_create_lets_the_owner_read_and_write(submission: Submission) -> None:
    """segment_create lets the owner read and write"""
    run = Trial(submission).create[0]
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
    made = [segment.key for segment in trial.create[0].created_segments]
    only_if(made == trial.keys[:1], "segment_create doesn't create a segment yet")
    key, size = trial.keys[2], trial.size
    _, run = trial.runs(trial.arrange(key, size, 1), trial.do("create", key, size))
    demand(refuses(run, trial.token))


@check(
    points=2,
    concept="access",
    section="3-segment#segment_access",
    hint="shmget(key, 0, 0): size 0 fits every segment.",
)
def test_access_finds_any_size(submission: Submission) -> None:
    """segment_access finds a segment of any size"""
    demand(Trial(submission).single("access"))


@check(
    points=2,
    concept="access",
    section="3-segment#segment_access",
    hint="Without IPC_CREAT, shmget fails if there is no segment.",
)
def test_access_never_creates(submission: Submission) -> None:
    """segment_access returns -1 if there is no segment, and creates none"""
    trial = Trial(submission)
    run = trial.access[6]
    only_if(run.calls("shmget"), "segment_access never calls shmget")
    demand(creates_nothing(run, trial.token))
    only_if(None in trial.lookups(), "segment_access doesn't find a segment yet")


@check(
    points=3,
    concept="attach",
    section="3-segment#segment_attach",
    hint="shmat(shmid, NULL, 0): the system chooses the address, and shmat returns it.",
)
def test_attach_reads_and_writes(submission: Submission) -> None:
    """segment_attach returns the segment's memory, to read and write"""
    demand(Trial(submission).single("attach"))


@check(
    points=2,
    concept="read-only",
    section="3-segment#segment_attach",
    hint="read_only ? SHM_RDONLY : 0, as shmat's flags.",
)
def test_attach_read_only(submission: Submission) -> None:
    """segment_attach returns read-only memory if read_only is true"""
    trial = Trial(submission)
    run = trial.read_only
    if not trial.works("attach") and any(call.read_only for call in run.calls("shmat", ok=True)):
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
    read_only = attached(trial.read_only, trial.token, True, trial.values[0]) is None
    only_if(trial.works("attach") or read_only, "segment_attach doesn't work yet")
    runs = [run for name, run in trial.failing if name == "attach" and fault_of(run, name)]
    only_if(runs, "segment_attach never calls shmat")
    demand(*(hands_failure_on(run, trial.token, "attach") for run in runs))


@check(
    points=2, concept="detach", section="3-segment#segment_detach", hint="return shmdt(address);"
)
def test_detach_detaches(submission: Submission) -> None:
    """segment_detach detaches, and returns 0"""
    demand(Trial(submission).single("detach"))


@check(
    points=2,
    concept="remove",
    section="3-segment#segment_remove",
    hint="return shmctl(shmid, IPC_RMID, NULL);",
)
def test_remove_removes(submission: Submission) -> None:
    """segment_remove removes the segment, and returns 0"""
    demand(Trial(submission).single("remove"))


@check(
    points=1,
    concept="errors",
    section="3-segment#errno",
    hint="Return the result of the system call.",
)
def test_failures_are_handed_on(submission: Submission) -> None:
    """When its call fails, a function returns -1 and leaves nothing behind"""
    trial = Trial(submission)
    failures = [(name, run) for name, run in trial.failures if name != "attach"]
    only_if(failures, "no function works yet")
    demand(*(hands_failure_on(run, trial.token, name) for name, run in failures))
    if trial.works("detach"):
        demand(detaches_nothing(trial.others[6], trial.token))
    demand(create_cleans_up(trial))
    demand(*(trial.with_zero(function) for function in FUNCTIONS if trial.works(function)))


@check(
    points=2,
    concept="errors",
    section="3-segment#errno",
    hint="Nothing may change errno between the failing call and the return; printing can.",
)
def test_errno_is_kept(submission: Submission) -> None:
    """After a failure, errno is what the system call set"""
    trial = Trial(submission)
    only_if(trial.failures, "no function works yet")
    demand(*(keeps_errno(run, trial.token, name) for name, run in trial.failures))


@check(
    points=1,
    concept="functions",
    section="3-segment#quiet-and-stateless",
    hint="No printing, no static variables: everything comes in as a parameter.",
)
def test_quiet_and_stateless(submission: Submission) -> None:
    """The functions print nothing and keep nothing between two calls"""
    trial = Trial(submission)
    called = any(run.calls(call) for run in trial.create + trial.access for call in ("shmget",))
    only_if(called and any(trial.works(f) for f in FUNCTIONS), "no function works yet")
    demand(*(is_quiet(run, trial.token) for run in trial.create + trial.access + trial.others))
    demand(*(is_quiet(run, trial.token) for _, run in trial.failures))
    demand(*two_at_a_time(trial))
    calls = [*trial.create[::2], *trial.access[1::2], trial.others[3]]
    demand(*(stays_attached(run) for run in calls))


@check(
    points=1,
    concept="memory",
    section="3-segment#points",
    hint="valgrind ./build/test_segment names the line.",
)
def test_memory(submission: Submission) -> None:
    """valgrind finds no invalid memory use"""
    trial = Trial(submission)
    only_if(any(trial.works(f) for f in ("create", "access", "attach")), "no function works yet")
    told = not all(trial.works(function) for function in FUNCTIONS)
    demand_no_memory_errors(submission, ignore=("SyscallParam",) if told else ())


def refuses(run: Run, token: str) -> Finding | None:
    """segment_create returned -1, and the existing segment is untouched."""
    if not answers(run, token):
        return missing(run, "create")
    result = answers(run, token)[0].result
    touched = run.created_segments or any(call.ok for call in run.removals)
    if result == -1 and not touched:
        return None
    return Finding(
        "segment_create didn't refuse a key that is taken.",
        expected="-1, and the segment with this key untouched",
        seen="the old segment was removed" if run.removals else f"it returned {result}",
        evidence=story(run),
    )


def creates_nothing(run: Run, token: str) -> Finding | None:
    if run.created_segments:
        return Finding(
            "segment_access created a segment when there was none.",
            expected="-1, and no segment",
            seen=f"a new segment of {bytes_of(run.created_segments[0].size)}",
            evidence=story(run),
        )
    if not answers(run, token):
        return missing(run, "access")
    result = answers(run, token)[0].result
    if result != -1:
        return Finding(
            f"segment_access returned {result} although there is no segment.",
            expected="-1",
            seen=str(result),
            evidence=story(run),
            hint="shmget returns -1 if there is no segment: return its result.",
        )
    failed = run.calls("shmget", ok=False)
    if not failed or any(call.error == "ENOENT" for call in failed):
        return None
    return Finding(
        f"If there is no segment, segment_access fails with {failed[0].error}: IPC_CREAT makes "
        "shmget try to create one.",
        expected="ENOENT, as segment.h says",
        seen=describe_call(failed[0]),
        evidence=story(run),
    )


def create_cleans_up(trial: Trial) -> Finding | None:
    """If segment_create attaches too, a failing shmat must not leave the segment behind."""
    zeroed = not any(all_zeros(run) for run in trial.create)
    if not (trial.works("create") and zeroed and trial.create[0].calls("shmat")):
        return None
    broken = trial.do("create", trial.keys[3], trial.size, fail=f"shmat:{trial.errors['shmat']}")
    run = trial.runs(broken)[0]
    given = answers(run, trial.token)
    left = [segment for segment in run.created_segments if segment.removed is None]
    if not run.faults_met or not left or (given and given[0].result == left[0].id):
        return None
    return Finding(
        "segment_create failed, because its shmat failed, and left the new segment behind.",
        cause=Cause(codes.LEAVES_SEGMENT),
        expected="nothing left behind",
        seen=f"a segment of {bytes_of(left[0].size)}",
        evidence=story(run),
    )


def two_at_a_time(trial: Trial) -> list[Finding | None]:
    """Two segments in one process: each function does for the second what it did for the first."""
    one, two, three, four, five, six = trial.keys[:6]
    size, (old, other, _) = trial.size, trial.values
    runs = trial.runs(
        trial.arrange(one, size, old),
        trial.arrange(two, size + 8, other),
        trial.do("access_two", one, two),
        trial.do("attach_two", one, two),
        trial.do("detach_two", one, two),
        trial.do("create_two", three, size, four, size + 8),
        trial.do("remove_first", five, size, six, size),
        trial.do("attach_often", one, MANY),
        trial.do("create_and_remove", trial.keys[8], size),
    )
    often, again, token = runs[7], runs[8], trial.token
    attaches = trial.works("attach")
    lasts = all(trial.works(function) for function in ("create", "access", "remove"))
    first, second = (arranged(runs[i]) for i in (0, 1))
    return [
        kept("access", results_of(runs[2], trial) == [first.id, second.id], trial, runs[2]),
        kept("attach", seen_of(runs[3], trial)[:2] == [old, other], trial, runs[3]),
        side_by_side(runs[3], trial.token) if trial.works("attach") else None,
        kept("detach", len(runs[4].calls("shmdt", ok=True)) == 2, trial, runs[4]),
        kept("create", [s.key for s in runs[5].created_segments] == [three, four], trial, runs[5]),
        removed_another(runs[6], five, six),
        attaches_often(often, token, MANY) if attaches else None,
        detaches_often(often, token, MANY) if attaches and trial.works("detach") else None,
        looks_again(again, token) if lasts else None,
    ]


def results_of(run: Run, trial: Trial) -> list[int]:
    return [answer.result for answer in answers(run, trial.token)]


def seen_of(run: Run, trial: Trial) -> list[int]:
    return [answer.seen for answer in answers(run, trial.token)]


def kept(function: str, right: bool, trial: Trial, run: Run) -> Finding | None:
    """A function that works once works a second time."""
    if right or not trial.works(function):
        return None
    return Finding(
        f"segment_{function} works once, but not for a second segment in the same program.",
        expected="each call depends only on its own parameters",
        seen="the second call depends on the first",
        evidence=story(run),
    )


def removed_another(run: Run, key: int, other: int) -> Finding | None:
    """segment_remove removed the segment that was created last, not the one it was given."""
    by_key = {segment.key: segment for segment in run.created_segments}
    if key in by_key and other in by_key and call_removed(run, by_key[other]):
        return Finding(
            "segment_remove removed the wrong segment.",
            expected="the segment with this shmid",
            seen="the segment that was created last",
            evidence=story(run),
        )
    return None
