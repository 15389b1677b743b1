"""The container in which attacks run, seen from the test: made once, asked many times."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.case import Case
from tests.hostile.room import KIT as STAGED_KIT, STAGE
from tests.patience import SLOW, patient

ROOT = Path(__file__).resolve().parents[2]
CANARY = "CANARY-2f8c41"  # followed by where it was planted
# Who grades at level plain: no other room has this user, whose processes an attack can kill or
# bring to their limit.
ORDINARY = 50_000 + os.getpid() % 10_000
SEEN = {"environment": "ENV", "hidden": "HIDDEN", "driver": "DRIVER", "solution": "SOLUTION"}
MORE_TIME = patient(60)  # beyond a case's own limit: then the room ends the grader

# In the container: folders of its own, then the room as PID 1.
SCRIPT = """
set -e
stage=$1; shift
mount --bind "$stage" /mnt
for folder in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o mode=1777 tmpfs $folder; done
exec "$@"
"""


@dataclass(frozen=True)
class Outcome:
    """What came of a hostile submission on one level."""

    status: int | None  # None: the grader did not end
    seconds: float
    left: list[str]
    files: dict[str, str]  # the reports, what was printed

    @property
    def exercise(self) -> dict[str, Any]:
        (exercise,) = json.loads(self.files["report.json"].encode("latin-1"))["exercises"]
        assert isinstance(exercise, dict)
        return exercise

    @property
    def canaries(self) -> list[str]:
        return [name for name, text in self.files.items() if CANARY in text]


class Room:
    """A machine of its own, in which the copy of the kit is, and secrets are planted."""

    def __init__(self) -> None:
        self._stage = Path(tempfile.mkdtemp(prefix="hostile-"))
        self._stage.chmod(0o755)
        self._asked = 0
        for name in ("submissions", "results"):
            (self._stage / name).mkdir(mode=0o733)
            (self._stage / name).chmod(0o733)  # to be passed and written, not listed
        _plant(self._stage)
        inside = [
            *("unshare", "--mount", "--pid", "--ipc", "--net", "--uts", "--fork", "--mount-proc"),
            *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]),
            *("--kill-child", "--propagation", "private"),
            *("/bin/sh", "-c", SCRIPT, "sh", str(self._stage)),
            *("/usr/bin/python3", "-I", "-B", str(STAGE / "room.py")),
        ]
        self._process = subprocess.Popen(
            inside,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "TOKEN": f"{CANARY}-ENV",
                "ORDINARY": str(ORDINARY),
                "SLOW": str(SLOW),
            },
        )

    def grade(self, case: Case, level: str) -> Outcome:
        """Grade a hostile submission on a level, and look at what is left."""
        self._asked += 1
        name = f"{self._asked}-{case.name}"
        folder = self._stage / "submissions" / name
        shutil.copytree(case.folder, folder, symlinks=True)
        _make(folder, case)
        _own(folder)
        try:
            more = {"valgrind": case.valgrind, "wall_ms": case.wall_ms}
            return self._answer(name, case.exercise, level, case.seconds, **more)
        finally:
            shutil.rmtree(folder)

    def grade_folder(
        self, folder: Path, exercise: str, level: str, valgrind: bool = False
    ) -> Outcome:
        """Grade an ordinary submission there."""
        return self._answer(self._copied(folder), exercise, level, patient(60), valgrind=valgrind)

    def kill(self, folder: Path, exercise: str, level: str, after: float) -> Outcome:
        """Grade it, and kill the grader after so many seconds; what it leaves stays."""
        return self._answer(self._copied(folder), exercise, level, patient(60), kill_after=after)

    def grade_again(self, folder: Path, exercise: str, level: str) -> Outcome:
        """Grade it, and tell all that is left since the room was made."""
        return self._answer(self._copied(folder), exercise, level, patient(60), since_start=True)

    def _copied(self, folder: Path) -> str:
        self._asked += 1
        name = f"{self._asked}-{folder.name}"
        copy = self._stage / "submissions" / name
        shutil.copytree(folder, copy)
        _own(copy)
        return name

    def spoilt(self) -> list[str]:
        """What the room says is left by a process that leaves one of each."""
        return self._answer("spoilt", "1", "spoilt", patient(10)).left

    def _answer(
        self, name: str, exercise: str, level: str, seconds: float, **more: object
    ) -> Outcome:
        request = {"name": name, "folder": name, "exercise": exercise, "level": level, **more}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({**request, "seconds": seconds + MORE_TIME}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the room is gone"
        return Outcome(**json.loads(line))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(patient(30))
        shutil.rmtree(self._stage)


def _plant(stage: Path) -> None:
    """A copy of the kit with canaries in what is secret."""
    kit = stage / STAGED_KIT.name
    kit.mkdir()
    for name in ("grader", "solution", "starter"):
        shutil.copytree(ROOT / name, kit / name, ignore=shutil.ignore_patterns("__pycache__"))
    (kit / "build").mkdir()
    shutil.copy(ROOT / "build" / "witness", kit / "build" / "witness")
    for path in (kit / "grader" / "hidden").glob("*.py"):
        path.write_text(f'{path.read_text("utf-8")}\n_SECRET = "{CANARY}-HIDDEN"\n', "utf-8")
    for path in (kit / "grader" / "hidden").glob("*.c"):
        path.write_text(f'{path.read_text("utf-8")}\n/* {CANARY}-DRIVER */\n', "utf-8")
    for path in (kit / "solution").rglob("*.c"):
        path.write_text(f'{path.read_text("utf-8")}\n/* {CANARY}-SOLUTION */\n', "utf-8")
    other = stage / "submissions" / "neighbour" / "1-fork-wait"
    other.mkdir(parents=True)
    (other / "fork_wait.c").write_text(f"/* {CANARY}-NEIGHBOUR */\n", "utf-8")
    (stage / "results" / "neighbour").mkdir()
    (stage / "results" / "neighbour" / "report.json").write_text(f'"{CANARY}-RESULT"', "utf-8")
    shutil.copy(Path(__file__).with_name("room.py"), stage / "room.py")
    for folder in (kit, other.parent, stage / "results" / "neighbour"):
        _own(folder)


def _make(folder: Path, case: Case) -> None:
    """What git cannot hold, or should not."""
    for path in case.fifo:
        (folder / path).parent.mkdir(exist_ok=True)
        os.mkfifo(folder / path)
    for path, text, times in case.made:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text * times, encoding="utf-8")


def _own(folder: Path) -> None:
    """For its owner alone: root may read it all the same, the uid of a run may not."""
    folder.chmod(0o700)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
