"""A worker of a class: a process that grades one submission after the other.

It reads bundles on its stdin and tells results on its stdout, so that it is the same process under
the coordinator on this machine and under a Dask worker on another one. It greets with its kit and
with the isolation that it found, or with the reason why it cannot grade.
"""

import ctypes
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from grader import sandbox
from grader.base import signals
from grader.base.check import Fault, Outcome
from grader.batch import frames
from grader.batch.kit import kit_digest
from grader.batch.machine import Machine, prepare
from grader.batch.task import Order, grade_bundle
from grader.report.model import exercise_to_json
from grader.sandbox import Unavailable

PR_SET_PDEATHSIG = 1  # prctl(2)
SERVED, CANNOT, INTERRUPTED = 0, 3, 130


def serve(parent: int, isolation: str | None, secrets: Sequence[str]) -> int:
    """Grade what arrives until no more does; what the greeting says decides if anything will."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before this process could ask to die with it
        return SERVED
    signals.listen()
    requests, answers = _streams()
    try:
        try:
            machine = prepare(isolation, [Path(secret) for secret in secrets])
        except Unavailable as problem:
            _tell(answers, {"kit": kit_digest(), "unavailable": str(problem)})
            return CANNOT
        _tell(answers, {"kit": kit_digest(), "isolation": machine.isolation})
        while True:
            _tell(answers, _graded(*frames.read(requests), machine))
    except (frames.Ended, BrokenPipeError):
        return SERVED
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signals.ignore()
        sandbox.end_all()


def _graded(said: dict[str, object], data: bytes, machine: Machine) -> dict[str, object]:
    order = said["order"]
    assert isinstance(order, dict)
    try:
        results = grade_bundle(data, Order.from_json(order), machine.witness)
    except (Fault, ValueError) as problem:
        return {"fault": str(problem)}
    except (Exception, Outcome) as error:  # a fault of this submission; the class goes on
        from grader.base import trouble

        return {"fault": trouble.told(error)}
    return {"exercises": [exercise_to_json(result) for result in results]}


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Stdin and stdout for the coordinator alone: what a library prints goes nowhere."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    os.close(null)
    return open(requests, "rb"), open(answers, "wb", buffering=0)


def _tell(stream: BinaryIO, said: dict[str, object]) -> None:
    message = memoryview(frames.framed(said))
    while message:
        message = message[stream.write(message) :]
