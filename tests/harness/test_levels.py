"""The levels without namespaces: the same interface, and nothing stays behind."""

import ctypes
import os
import pwd
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import sandbox
from grader.sandbox import (
    Ended,
    Held,
    Job,
    Placed,
    Unavailable,
    guard,
    ipc,
    ladder,
    probe,
    state,
    trees,
    uids,
)
from grader.sandbox.files import localised
from grader.sandbox.guard import Guarded
from tests.harness.conftest import KIT, Grade
from tests.harness.ordinary import AT_PLAIN, UID, not_for_root
from tests.patience import patient

LOWER = [
    pytest.param(
        sandbox.USER,
        marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give"),
    ),
    AT_PLAIN,
]
PATIENCE = patient(20)


@pytest.fixture(params=LOWER)
def level(request: pytest.FixtureRequest) -> Iterator[str]:
    before = sandbox.level()
    sandbox.choose(request.param)
    yield request.param
    sandbox.choose(before)


user_only = pytest.mark.parametrize("level", LOWER[:1], indirect=True)


def inside(
    script: str, *files: Placed, deadline: float = PATIENCE, out_limit: int = 10000
) -> Ended:
    command = ["/bin/sh", "-c", script]
    with sandbox.start(command, files, deadline=deadline, out_limit=out_limit) as job:
        return job.finish()


def folder_of(job: Job) -> Path:
    """Where a job of a lower level runs, or ran."""
    assert isinstance(job.running, Guarded)
    return job.running.order.run_folder


def is_alive(pid: int) -> bool:
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return said.rpartition(")")[2].split()[0] != "Z"


def test_a_job_ends_with_its_status_and_output(level: str) -> None:
    ended = inside("echo out; echo err >&2; exit 7")
    assert (ended.status, ended.out, ended.err) == (7, b"out\n", b"err\n")


def test_files_are_placed_and_the_folder_is_gone_afterwards(level: str) -> None:
    file = Placed("/submission/6-tally/tally.c", Held(b"content\n"))
    ended = inside('pwd; cat 6-tally/tally.c; echo x > new; test "$HOME" = "$PWD"', file)
    folder, content = ended.out.decode().splitlines()
    assert content == "content" and ended.status == 0
    assert not os.path.exists(folder) and not Path(folder).parent.exists()


def test_the_environment_holds_nothing_of_the_graders(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    names = {line.partition("=")[0] for line in inside("env").out.decode().splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "HOME", "TMPDIR", "LANG"}


def test_no_descriptor_of_the_grader_is_open(level: str) -> None:
    assert set(inside("ls /proc/self/fd").out.decode().split()) <= {"0", "1", "2", "3"}


def test_what_was_detached_is_ended_with_the_command(level: str) -> None:
    ended = inside("(setsid sleep 600 & echo $!) ; (trap '' TERM HUP; sleep 600 & echo $!)")
    pids = [int(word) for word in ended.out.split()]
    assert len(pids) == 2 and not any(map(is_alive, pids))


def test_a_job_that_does_not_end_is_ended_at_its_deadline(level: str) -> None:
    ended = inside("echo $$; (setsid sleep 600 &) ; exec sleep 600", deadline=patient(0.3))
    assert ended.late and not is_alive(int(ended.out))


def test_a_flood_is_cut(level: str) -> None:
    ended = inside("exec cat /dev/zero", out_limit=1000)
    assert ended.flooded and len(ended.out) == 1000


def test_a_killed_guard_leaves_no_process(level: str) -> None:
    """The guard's own work is done by the grader then, and by the kernel."""
    with sandbox.start(["/bin/sleep", "600"], [], deadline=600) as job:
        assert isinstance(job.running, Guarded)
        guard = job.running.pid
        children = Path(f"/proc/{guard}/task/{guard}/children")
        while not (pids := children.read_text(encoding="ascii").split()):
            pass
        os.kill(guard, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while is_alive(int(pids[0])):
        assert time.monotonic() < end
    assert not folder_of(job).exists()


def test_runs_of_students_take_turns(level: str) -> None:
    """The second begins when it is asked to finish, and waits for the first one's end."""
    turn = state.take_turn()
    job = sandbox.start(["/bin/echo", "ran"], [], runs_student=True, deadline=patient(20))
    assert job.running is None
    other = state._open_turn()
    assert not state.try_lock(other)
    os.close(other)
    os.close(turn)
    with job:
        assert job.finish().out == b"ran\n"


def test_a_tree_of_1200_folders_without_rights_is_removed(level: str) -> None:
    script = """
import os
for _ in range(1200):
    os.mkdir("d")
    open("file", "w").close()
    os.chdir("d")
for _ in range(1200):
    os.chdir("..")
    os.chmod("file", 0)
    os.chmod("d", 0)
print("made")
"""
    command = ["/usr/bin/python3", "-I", "-S", "-c", script]
    with sandbox.start(command, [], deadline=patient(60)) as job:
        assert job.finish().out == b"made\n"
    assert not folder_of(job).exists()


def test_a_link_is_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "link").symlink_to(tmp_path / "kept")
    above = os.open(tmp_path, trees.FOLDER)
    trees.remove_entry(above, "gone")
    os.close(above)
    assert not (tmp_path / "gone").exists() and (tmp_path / "kept" / "file").exists()


@user_only
def test_each_run_is_an_unprivileged_user_of_its_own(level: str) -> None:
    show = ["/bin/sh", "-c", "id -u; sleep 0.2"]
    with sandbox.start(show, [], deadline=PATIENCE) as one, sandbox.start(
        show, [], deadline=PATIENCE
    ) as two:
        ids = {int(job.finish().out) for job in (one, two)}
    first = uids.first_uid()
    assert len(ids) == 2 and ids <= set(range(first, first + uids.COUNT))


@user_only
def test_objects_and_files_of_the_user_are_removed(level: str) -> None:
    script = """
import ctypes, os
libc = ctypes.CDLL(None)
print(libc.shmget(0, 4096, 0o1600), libc.semget(0, 1, 0o1600), libc.msgget(0, 0o1600))
open("/dev/shm/left-by-%d" % os.getuid(), "w").close()
os.makedirs("/tmp/left-by-%d/in/side" % os.getuid())
print(os.getuid())
"""
    command = ["/usr/bin/python3", "-I", "-S", "-c", script]
    with sandbox.start(command, [], deadline=PATIENCE) as job:
        *made, uid = (int(word) for word in job.finish().out.split())
    assert len(made) == 3 and -1 not in made
    assert not ipc.is_left_by(uid)
    assert not os.path.exists(f"/dev/shm/left-by-{uid}")
    assert not os.path.exists(f"/tmp/left-by-{uid}")


# What a program tries that looks for the files of another run: it watches the processes of the
# machine for paths in their arguments, or goes through what /proc says of them itself.
BY_ARGUMENTS = """
import os, sys, time
end = time.monotonic() + float(sys.argv[1])
found = set()
while time.monotonic() < end:
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as stream:
                words = stream.read().decode("utf-8", "replace").split("\\0")
        except OSError:
            continue
        for word in words:
            path = word.partition("=")[2] if word.startswith("-") else word
            while path.startswith("/") and path != "/":
                found.add(path)
                path = os.path.dirname(path)
for path in sorted(found):
    for place in (path, f"{path}/submission/secret.c", f"{path}/program/secret"):
        try:
            with open(place, "rb") as stream:
                data = stream.read(100)
        except OSError:
            continue
        if b"SECRET" in data:
            print(data)
"""
BY_PROC = """
import os, sys, time
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    for entry in filter(str.isdigit, os.listdir("/proc")):
        for inner in ("cwd/secret.c", "root/proc/self/cwd", "environ", "fd/0", "fd/1", "exe",
                      "map_files", "cwd/../program/secret", "task/" + entry + "/cwd/secret.c"):
            try:
                with open(f"/proc/{entry}/{inner}", "rb") as stream:
                    data = stream.read(100)
            except OSError:
                continue
            if b"SECRET" in data:
                print(data)
"""


@user_only
@pytest.mark.parametrize("hides", [True, False], ids=["own-proc", "all-of-proc"])
@pytest.mark.parametrize("method", [BY_ARGUMENTS, BY_PROC], ids=["arguments", "proc"])
def test_a_run_does_not_read_the_files_of_another_run(
    level: str, method: str, hides: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not this machine lets it have a /proc without the others."""
    if not hides:
        monkeypatch.setattr(guard, "_hide_others", lambda: None)
    secrets = [
        Placed("/submission/secret.c", Held(b"SECRET of another student")),
        Placed("/program/secret", Held(b"SECRET of the kit"), 0o555),
    ]
    path = "/submission/secret.c"
    other = ["/bin/sh", "-c", "cat $1 | grep -c SECRET; exec tail -f $1", "sh", path, "/program/x"]
    spy = ["/usr/bin/python3", "-I", "-S", "-c", method, "1.5"]
    with sandbox.start(other, secrets, deadline=PATIENCE) as victim:
        with sandbox.start(spy, [], deadline=PATIENCE) as job:
            ended = job.finish()
        assert (ended.status, ended.out) == (0, b""), ended.out
        assert isinstance(victim.running, Guarded)
        assert os.read(victim.running.out, 2) == b"1\n", "the run itself reads its files"
        about = folder_of(victim).stat()
        assert about.st_uid == 0 and about.st_gid != 0
        assert stat.S_IMODE(about.st_mode) == 0o710


@user_only
def test_other_processes_are_not_seen_where_a_run_can_have_its_own_proc(level: str) -> None:
    can = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "proc", "-o", "hidepid=2", "proc", "/proc"],
        capture_output=True,
        check=False,
    )
    if can.returncode != 0:
        pytest.skip("no file system can be mounted here")
    show = "for p in /proc/[0-9]*; do cat $p/status; done | grep ^Uid; id -u"
    *seen, uid = inside(show).out.decode().splitlines()
    assert seen and {line.split()[1] for line in seen} == {uid}


@user_only
def test_the_next_start_ends_what_a_kill_left_under_a_uid(level: str) -> None:
    lease = uids.lease()
    pid = os.fork()
    if pid == 0:
        os.close(lease.descriptor)
        uids.become(lease.uid)
        ctypes.CDLL(None).shmget(0, 4096, 0o1600)
        signal.pause()
        os._exit(0)
    end = time.monotonic() + PATIENCE
    while not ipc.is_left_by(lease.uid):
        assert time.monotonic() < end
    os.close(lease.descriptor)  # as the kernel does at a kill, without a word that it is free
    uids.sweep()
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert not ipc.is_left_by(lease.uid)


@user_only
def test_a_uid_under_which_a_stranger_runs_is_left_alone(level: str) -> None:
    uid = uids.first_uid()
    pid = os.fork()
    if pid == 0:
        uids.become(uid)
        signal.pause()
        os._exit(0)
    try:
        end = time.monotonic() + PATIENCE
        while pid not in uids.processes_of(uid):
            assert time.monotonic() < end
        lease = uids.lease()
        assert lease.uid != uid and is_alive(pid)
        uids.release(lease)
        os.close(lease.descriptor)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_only_uids_of_runs_are_ever_taken_on() -> None:
    with pytest.raises(ValueError):
        uids.become(0)


@user_only
def test_the_level_is_refused_where_everybody_can_read_the_secrets(
    level: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    witness = Held((KIT / "build" / "witness").read_bytes())
    for readable, fix in (
        ("/etc/passwd", "chmod go-rwx /etc/passwd"),
        ("/tmp", "use another folder"),
        ("/var/tmp/not-yet/results", "mkdir -p -m 700 /var/tmp/not-yet/results"),
    ):
        with ladder.start(sandbox.USER, witness, [tmp_path, Path(readable)]) as job:
            with pytest.raises(Unavailable, match=f"can read {readable}: {fix}"):
                probe.judge(job.finish())
    with ladder.start(sandbox.USER, witness, [tmp_path]) as job:
        probe.judge(job.finish())


@pytest.fixture(name="noexec")
def noexec_fixture() -> Iterator[Path]:
    """A file system on which no program may run, where any user gets to it."""
    folder = Path("/var/tmp") / f"noexec-{os.getpid()}"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root can mount a file system that is noexec")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_at_plain_a_folder_that_is_mounted_noexec_is_named(
    noexec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noexec.chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(noexec))
    os.seteuid(UID)  # plain is never for root, and only root can mount
    before = sandbox.level()
    try:
        with pytest.raises(Unavailable, match=f"{noexec} is mounted noexec"):
            ladder.start(sandbox.PLAIN, Held(b""), [])
    finally:
        os.seteuid(0)
        sandbox.choose(before)


@user_only
def test_a_folder_that_is_mounted_noexec_is_named_and_another_one_works(
    level: str, noexec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = Held((KIT / "build" / "witness").read_bytes())
    monkeypatch.setattr("tempfile.tempdir", str(noexec))
    with pytest.raises(Unavailable) as caught:
        ladder.start(level, witness, [])
    said = str(caught.value)
    assert f"{noexec} is mounted noexec" in said and "TMPDIR=/var/tmp" in said
    assert f"mount -o remount,exec {noexec}" in said and "namespace" not in said
    monkeypatch.setattr("tempfile.tempdir", "/var/tmp")
    with ladder.start(level, witness, []) as job:
        probe.judge(job.finish())


@user_only
def test_a_folder_that_other_users_cannot_reach_is_named(
    level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    witness = Held((KIT / "build" / "witness").read_bytes())
    with ladder.start(level, witness, []) as job:
        with pytest.raises(Unavailable, match=f"cannot reach .*{tmp_path}.*: set TMPDIR"):
            probe.judge(job.finish())


@pytest.mark.parametrize(
    ("word", "moved"),
    [
        ("/program/tally", "/x/program/tally"),
        ("/tmp", "/x/tmp"),
        ("/tmpfile", "/tmpfile"),
        ("--xml-file=/tmp/v.%p", "--xml-file=/x/tmp/v.%p"),
        (
            "-fdebug-prefix-map=/submission=/submission",
            "-fdebug-prefix-map=/x/submission=/submission",
        ),
        ("value=/tmp", "value=/tmp"),
        ("/usr/bin/gcc", "/usr/bin/gcc"),
    ],
)
def test_the_sandboxs_places_are_moved_below_a_folder(word: str, moved: str) -> None:
    assert localised([word], "/x") == [moved]


@not_for_root
def test_a_key_that_is_in_use_is_not_graded_and_its_owner_named(
    submission: Path, grade: Grade
) -> None:
    libc, key = ctypes.CDLL(None), 1_700_000_000 + os.getpid()
    source = submission / "2-sharing" / "sharing.c"
    source.write_text(source.read_text("utf-8").replace("24601", str(key)), "utf-8")
    segment = libc.shmget(key, 4096, 0o1600)
    try:
        taken = grade(submission, "--exercise", "2", "--isolation", "plain")
    finally:
        libc.shmctl(segment, ipc.IPC_RMID, None)
    assert taken.status == 3 and taken.exercise["score"] is None
    uid = os.geteuid()
    owner = next((one.pw_name for one in pwd.getpwall() if one.pw_uid == uid), "a user without")
    assert f"key {key} is in use on this machine: segment {segment} of {owner}" in taken.stderr
    free = grade(submission, "--exercise", "2", "--isolation", "plain")
    assert free.status == 0 and free.exercise["score"] == free.exercise["max_score"]
