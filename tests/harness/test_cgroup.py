"""What a run uses in sum is bounded by a cgroup where one can be made, and nothing of it stays."""

import errno
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import sandbox
from grader.cli import doctor
from grader.sandbox import MEGABYTE, WITNESS, Held, Placed, cgroup
from tests.harness.conftest import KIT
from tests.harness.ordinary import AT_PLAIN
from tests.patience import patient

bounded = pytest.mark.skipif(
    not cgroup.hierarchies(), reason=f"no cgroup can be made here: {cgroup.refusal()}"
)
levels = pytest.mark.parametrize(
    "level",
    [
        sandbox.NAMESPACES,
        pytest.param(
            sandbox.USER,
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give"),
        ),
        AT_PLAIN,
    ],
    indirect=True,
)
TOUCHES = """
import mmap, os, signal
def touch(megabytes):
    memory = mmap.mmap(-1, megabytes << 20)
    for place in range(0, len(memory), 4096):
        memory[place] = 1
    return memory
"""
MANY = """
for _ in range(60):
    if os.fork() == 0:
        kept = touch(200)
        signal.pause()
signal.pause()
"""
ONE = """
kept = touch(200)
name = "/dev/shm/sum-%d" % os.getpid()
with open(name, "wb") as file:
    os.unlink(name)
    for _ in range(60):
        file.write(bytes(1 << 20))
print("all of it")
"""
FORKS = """
import os, signal
made = 0
try:
    while made < 900:
        if os.fork() == 0:
            signal.pause()
        made += 1
except BlockingIOError:
    pass
print(made)
"""


@pytest.fixture
def level(request: pytest.FixtureRequest) -> Iterator[str]:
    before = sandbox.level()
    sandbox.choose(request.param)
    yield request.param
    sandbox.choose(before)


@pytest.fixture(autouse=True)
def none_is_kept() -> Iterator[None]:
    yield
    cgroup.remove_all()


def watched(script: str, *options: str) -> dict[str, Any]:
    """The facts of a script in a sandbox."""
    witness = Placed(WITNESS, Held((KIT / "build" / "witness").read_bytes()), 0o555)
    command = [WITNESS, *options, "--", "/usr/bin/python3", "-I", "-S", "-c", script]
    with sandbox.start(command, [witness], runs_student=True, deadline=patient(60)) as job:
        ended = job.finish()
    assert ended.status == 0, ended.err
    facts = json.loads(ended.out)
    assert isinstance(facts, dict)
    return facts


def groups() -> list[str]:
    """Those that this PID namespace has made and not removed."""
    named = f"{cgroup.PREFIX}{cgroup._world()}-*"
    folders = [hierarchy.folder for hierarchy in cgroup.hierarchies()]
    return sorted(str(path) for folder in folders for path in folder.glob(named))


def ours() -> list[str]:
    return [name for group in cgroup._Kept.made for name in map(str, group.folders)]


@bounded
@levels
@pytest.mark.parametrize("option", ["--content", "--untraced"])
def test_the_memory_of_a_run_is_bounded_in_sum(level: str, option: str) -> None:
    """Sixty processes, each within its own limit; the witness outside tells which one was met."""
    if option == "--untraced" and not sandbox.may_untrace():
        pytest.skip("this level runs nothing untraced")
    facts = watched(TOUCHES + MANY, option, "--limit", "cpu-ms=50000", "--limit", "wall-ms=50000")
    assert facts["verdict"] == "memory"
    assert facts["detail"] == "its processes together used more memory than the limit"


@bounded
@levels
def test_what_one_process_may_use_meets_no_bound(level: str) -> None:
    facts = watched(TOUCHES + ONE, "--limit", f"file-size={100 * MEGABYTE}")
    assert facts["verdict"] == "ended" and facts["stdout"]["text"] == "all of it\n"


@bounded
def test_the_number_of_processes_is_bounded_in_sum() -> None:
    facts = watched(FORKS, "--limit", "processes=1000")
    assert 250 < int(facts["stdout"]["text"].splitlines()[0]) < 300


@bounded
def test_a_group_is_used_again_and_removed_at_the_end() -> None:
    witness = Placed(WITNESS, Held((KIT / "build" / "witness").read_bytes()), 0o555)
    seen = []
    for _ in range(2):
        watched("")
        seen.append(ours())
    assert seen[0] == seen[1] and all(map(os.path.isdir, seen[0]))
    beside = [
        sandbox.start(["/bin/sleep", "600"], [witness], runs_student=True, deadline=600)
        for _ in range(2)
    ]
    assert len(ours()) == 2 * len(seen[0])  # two at a time do not share one
    made = ours()
    for job in beside:
        job.kill()
    sandbox.end_all()
    assert not any(map(os.path.exists, made))


@bounded
def test_only_programs_of_students_have_one() -> None:
    with sandbox.start(["/bin/true"], [], deadline=patient(20)) as job:
        assert job.group is None


@bounded
def test_what_a_killed_grader_left_is_removed_with_what_runs_in_it() -> None:
    group = cgroup.Group(cgroup.hierarchies())
    folders = list(group.folders)
    pid = os.fork()
    if pid == 0:
        for descriptor in group.descriptors[:-1]:
            os.write(descriptor, b"0")
        for descriptor in (*group.descriptors, *group._locks):
            os.close(descriptor)
        signal.pause()
        os._exit(0)
    while any(str(pid) not in (path / "cgroup.procs").read_text("ascii") for path in folders):
        pass
    sweep()
    assert all(path.exists() for path in folders)  # its owner lives
    for descriptor in (*group.descriptors, *group._locks):
        os.close(descriptor)  # as the kernel does at a kill
    sweep()
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert not any(path.exists() for path in folders)


def sweep() -> None:
    for hierarchy in cgroup.hierarchies():
        cgroup.sweep(hierarchy.folder)


@bounded
def test_a_grade_leaves_no_group(submission: Path, grade: Any) -> None:
    before = groups()
    assert grade(submission, "--exercise", "1").status == 0
    assert [name for name in groups() if name not in before and is_free(name)] == []


def is_free(name: str) -> bool:
    """Held by nobody: other tests make groups, too."""
    try:
        os.close(cgroup._locked(Path(name)))
    except OSError:
        return False
    return True


@levels
def test_without_groups_all_goes_on(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "_found", lambda: ((), "none here"))
    facts = watched("import os; print(sorted(os.environ))")
    assert facts["verdict"] == "ended" and "CGROUP" not in facts["stdout"]["text"]


@bounded
def test_a_bound_that_cannot_be_set_is_a_refusal_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = cgroup.hierarchies()
    bad = (replace(good[0], bounds=(("memory.no_such_bound", 1),)), *good[1:])
    monkeypatch.setattr(cgroup, "_candidates", lambda: iter([bad]))
    before = groups()
    hierarchies, reason = cgroup._found.__wrapped__()
    assert hierarchies == () and reason.endswith(os.strerror(errno.ENOENT))
    assert "memory.no_such_bound" in reason
    assert [name for name in groups() if name not in before and is_free(name)] == []


@bounded
def test_the_next_candidate_is_tried_where_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = cgroup.hierarchies()
    bad = (replace(good[0], folder=Path("/proc/no-such-folder")),)
    monkeypatch.setattr(cgroup, "_candidates", lambda: iter([bad, good]))
    assert cgroup._found.__wrapped__() == (good, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a group at the root")
def test_a_process_enters_a_group_of_version_2() -> None:
    """Without a bound: what has version 2 on this machine may have no controller in it."""
    places = cgroup.places_of(
        Path("/proc/self/mountinfo").read_text("utf-8"),
        Path("/proc/self/cgroup").read_text("utf-8"),
    )
    if "" not in places:
        pytest.skip("version 2 is not mounted here")
    hierarchy = cgroup._version_2(places[""][1])
    try:
        group = cgroup.Group([replace(hierarchy, bounds=(), kills="cgroup.events")])
    except OSError as error:
        pytest.skip(f"no group can be made in version 2: {error}")
    folder = group.folders[0]
    try:
        group.try_it()
    finally:
        group.remove()
    assert not folder.exists()


MOUNTS = """\
25 1 0:22 / /proc rw - proc proc rw
31 25 0:27 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
32 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
33 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
"""
IN_A_CONTAINER = "31 25 0:27 /docker/4f1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"


def test_the_place_of_the_grader_is_read_from_its_mounts() -> None:
    own = "4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/user.slice/x.scope\n"
    top = Path("/sys/fs/cgroup")
    places = cgroup.places_of(MOUNTS, own)
    assert places["memory"] == (top / "memory/a/b", top / "memory")
    assert places["cpu"] == places["cpuacct"] == (top / "cpu,cpuacct/c", top / "cpu,cpuacct")
    assert places[""] == (top / "unified/user.slice/x.scope", top / "unified")


def test_a_container_that_is_shown_its_part_alone_is_placed_there() -> None:
    memory = Path("/sys/fs/cgroup/memory")
    for own, place in (("/docker/4f1", memory), ("/docker/4f1/inner", memory / "inner")):
        assert cgroup.places_of(IN_A_CONTAINER, f"4:memory:{own}\n")["memory"][0] == place
    assert cgroup.places_of(IN_A_CONTAINER, "4:memory:/docker/other\n") == {}


@bounded
def test_the_doctor_tells_that_sums_are_bounded() -> None:
    done = subprocess.run(
        [KIT / "grader" / "doctor"],
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("sums ")]
    assert line.endswith("a cgroup holds each run to 1024 MB and 300 processes in all")


def test_the_doctor_tells_why_sums_are_not_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup, "_found", lambda: ((), "/sys/fs/cgroup/x: Permission denied"))
    finding = doctor._sums()
    assert not finding.bad and "no cgroup can be made" in finding.seen
    assert "/sys/fs/cgroup/x: Permission denied" in finding.seen
