"""The local workers, played by a small program that dies, hangs or lies as it is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch import pool
from grader.batch.frames import framed
from grader.batch.jobs import Job, Outcome
from grader.batch.kit import kit_digest
from grader.batch.pool import LocalPool
from grader.batch.task import Order
from grader.sandbox import Unavailable

KIT = Path(__file__).resolve().parents[2]
RESULT = {
    "id": "1-fork-wait", "title": "t", "score": 1, "max_score": 1, "diagnoses": [], "tests": [],
    "notes": [], "public_tests": [], "fault": None, "commands": [], "remarks": [], "seconds": 0.0,
}  # fmt: skip
# Each bundle says what the worker does with it; it notes every try in a file.
WORKER = """
import os, sys
sys.path.insert(0, KIT)
from grader.batch import frames
print_ = os.write
def tell(said):
    os.write(1, frames.framed(said))
GREETING
stdin = os.fdopen(0, "rb")
while True:
    try:
        _, data = frames.read(stdin)
    except frames.Ended:
        break
    with open(LOG, "ab") as log:
        log.write(data + b"\\n")
    tries = open(LOG, "rb").read().splitlines().count(data)
    if data == b"kills" or (data == b"kills once" and tries == 1):
        os.kill(os.getpid(), 9)
    if data == b"fault" or (data == b"fault once" and tries == 1):
        tell({"fault": "no memory"})
    elif data == b"hangs" and tries == 1:
        import signal; signal.pause()
    else:
        tell({"exercises": [RESULT]})
"""


def worker_text(folder: Path, greeting: str) -> str:
    """The small program, with this greeting, and with its notes in a folder."""
    values = {"KIT": repr(str(KIT)), "LOG": repr(str(folder / "log")), "RESULT": repr(RESULT)}
    text = WORKER.replace("GREETING", greeting)
    for name, value in values.items():
        text = text.replace(name, value)
    return text


Start = Callable[..., LocalPool]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    def make(workers: int = 1, greeting: str = "") -> LocalPool:
        greeting = greeting or f"tell({{'kit': {kit_digest()!r}, 'isolation': 'namespaces'}})"
        text = worker_text(tmp_path, greeting)
        (tmp_path / "worker.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(pool, "COMMAND", (sys.executable, str(tmp_path / "worker.py")))
        return LocalPool(workers)

    return make


def outcomes(backend: LocalPool, *bundles: bytes) -> dict[str, Outcome]:
    order = Order(1, ("1-fork-wait",))
    jobs = [
        Job(str(number), data.decode(), order, lambda data=data: data)  # type: ignore[misc]
        for number, data in enumerate(bundles)
    ]
    return {outcome.job.student: outcome for outcome in backend.outcomes(jobs)}


def tries(tmp_path: Path, bundle: bytes) -> int:
    return (tmp_path / "log").read_bytes().splitlines().count(bundle)


def test_all_jobs_are_graded_by_several_workers(start: Start) -> None:
    found = outcomes(start(workers=3), *(b"job %d" % number for number in range(10)))
    assert len(found) == 10
    assert all(outcome.is_graded for outcome in found.values())


def test_a_fault_is_retried_once(start: Start, tmp_path: Path) -> None:
    found = outcomes(start(), b"fault once", b"fine")
    assert found["fault once"].is_graded and found["fine"].is_graded
    assert tries(tmp_path, b"fault once") == 2


def test_a_fault_that_stays_is_told_and_the_class_goes_on(start: Start, tmp_path: Path) -> None:
    found = outcomes(start(), b"fault", b"fine")
    assert found["fault"].fault == "no memory" and not found["fault"].is_graded
    assert found["fine"].is_graded
    assert tries(tmp_path, b"fault") == 2


def test_a_worker_that_dies_loses_nothing(start: Start, tmp_path: Path) -> None:
    found = outcomes(start(workers=2), b"kills once", *(b"job %d" % n for n in range(5)))
    assert all(outcome.is_graded for outcome in found.values())
    assert tries(tmp_path, b"kills once") == 2


def test_a_submission_that_kills_three_workers_is_left(start: Start, tmp_path: Path) -> None:
    found = outcomes(start(), b"kills", b"fine")
    assert "ended 3 workers" in found["kills"].fault and "signal 9" in found["kills"].fault
    assert found["fine"].is_graded
    assert tries(tmp_path, b"kills") == 3


def test_a_worker_that_does_not_answer_is_ended(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SECONDS", 0.5)
    assert outcomes(start(), b"hangs")["hangs"].is_graded
    assert tries(tmp_path, b"hangs") == 2


def test_a_worker_with_another_kit_is_refused(start: Start) -> None:
    with pytest.raises(Unavailable, match="another kit"):
        outcomes(start(greeting="tell({'kit': 'older', 'isolation': 'namespaces'})"), b"job")


def test_why_a_machine_cannot_grade_is_told(start: Start) -> None:
    with pytest.raises(Unavailable, match="bwrap missing"):
        outcomes(start(greeting="tell({'kit': '', 'unavailable': 'bwrap missing'})"), b"job")


def test_a_worker_that_cannot_start_is_told_with_its_last_words(start: Start) -> None:
    with pytest.raises(Unavailable, match="no such library"):
        outcomes(start(greeting="sys.exit('no such library')"), b"job")


def test_messages_are_put_together_from_pieces() -> None:
    from grader.batch.frames import Reader

    reader, whole = Reader(), framed({"a": 1}, b"xyz") + framed({"b": 2})
    heard = [message for byte in whole for message in reader.feed(bytes([byte]))]
    assert heard == [({"a": 1}, b"xyz"), ({"b": 2}, b"")]
