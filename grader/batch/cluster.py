"""Grades on a Dask distributed cluster: submissions travel as bytes, results come back as JSON.

No file system is shared. A worker offers its kit's fingerprint as a resource, and every task asks
for it, so that the scheduler itself keeps tasks from a worker with another kit, also from one that
comes later. Workers that die lose nothing: the scheduler gives their tasks to others.
"""

import argparse
import json
import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.batch.cluster_task import packed, resource_of
from grader.batch.jobs import ATTEMPTS, DEATHS, Job, Outcome, outcome_of
from grader.batch.kit import kit_digest
from grader.sandbox import Unavailable

CONNECT_SECONDS = 20
WORKER_SECONDS = 120.0  # to wait for a first worker that may grade
ENDED = ("finished", "error", "cancelled")  # of a future; else it is pending, or lost
LOOK_SECONDS = 1.0
AHEAD = 2  # tasks that a worker's thread has, with the one that it works on


@dataclass(frozen=True)
class Tls:
    """What `--tls-...` says; the files are those of dask-scheduler and dask-worker."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None

    @property
    def is_asked(self) -> bool:
        return any((self.ca, self.cert, self.key))


def tls_of(options: argparse.Namespace) -> Tls:
    return Tls(options.tls_ca_file, options.tls_cert, options.tls_key)


@dataclass
class _Turn:
    job: Job
    faults: int = 0
    deaths: int = 0


def distributed_module() -> Any:
    try:
        import distributed
    except ImportError:
        raise Unavailable(
            "--scheduler needs python3-distributed: apt-get install python3-distributed"
        ) from None
    # What it logs is for its own operators; what matters here is told in our words. Some of its
    # loggers have a level of their own.
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


def security_of(distributed: Any, tls: Tls) -> Any:
    if not tls.is_asked:
        return None
    return distributed.Security(
        require_encryption=True,
        tls_ca_file=tls.ca,
        tls_client_cert=tls.cert,
        tls_client_key=tls.key,
        tls_worker_cert=tls.cert,
        tls_worker_key=tls.key,
    )


class ClusterBackend:
    """Grades with the workers of one Dask scheduler."""

    def __init__(self, address: str, tls: Tls, say: Callable[[str], None]) -> None:
        self._address = address
        self._tls = tls
        self._say = say
        self._known: set[str] = set()

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcome of each job, as they come."""
        fresh = iter(jobs)
        first = next(fresh, None)
        if first is None:
            return
        distributed = distributed_module()
        try:
            client = distributed.Client(
                self._address, security=security_of(distributed, self._tls), timeout=CONNECT_SECONDS
            )
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise Unavailable(f"no scheduler answers at {self._address}: {reason}") from None
        with client:
            yield from self._graded(distributed, client, _Turn(first), fresh)

    def _graded(
        self, distributed: Any, client: Any, first: _Turn, fresh: Iterator[Job]
    ) -> Iterator[Outcome]:
        again = deque([first])
        running: dict[Any, _Turn] = {}
        idle = 0.0
        while again or running or (job := next(fresh, None)):
            if not again and not running and job:
                again.append(_Turn(job))
            threads = self._threads(client)
            while len(running) < max(1, AHEAD * threads):
                turn = again.popleft() if again else _next(fresh)
                if turn is None:
                    break
                running[self._submit(client, turn)] = turn
            try:
                distributed.wait([*running], timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
            except (TimeoutError, distributed.TimeoutError):
                if client.status != "running":
                    raise Unavailable(
                        f"the scheduler at {self._address} has gone; the same command goes on"
                    ) from None
                idle = 0.0 if threads else idle + LOOK_SECONDS
                if idle >= WORKER_SECONDS:
                    raise Unavailable(self._nobody()) from None
                continue
            idle = 0.0
            # A result that was lost with its worker is pending again: the scheduler makes it anew.
            # One may be lost while an earlier outcome is dealt with: each is looked at in its turn.
            for future in [*running]:
                status = future.status
                if status not in ENDED:
                    continue
                turn = running.pop(future)
                outcome = self._ended(turn, future, status)
                if outcome is None:
                    again.append(turn)
                else:
                    yield outcome

    def _submit(self, client: Any, turn: _Turn) -> Any:
        key = f"{turn.job.key}-{turn.faults}-{turn.deaths}"
        return client.submit(
            pickle.loads,
            packed(kit_digest(), turn.job.order.to_json(), turn.job.load()),
            key=f"grade-{key}",
            resources={resource_of(kit_digest()): 1},
            pure=False,
        )

    def _ended(self, turn: _Turn, future: Any, status: str) -> Outcome | None:
        """The outcome of a task that was seen to have ended so, or None where it is to be tried
        again. A result that is lost now is waited for: somebody else makes it.
        """
        if status != "finished":
            error = None if status == "cancelled" else future.exception()
            if type(error).__name__ == "KilledWorker":
                return Outcome(turn.job, (), f"its grading ended {DEATHS} workers or more")
            if error is None:
                raise Unavailable(
                    f"the scheduler at {self._address} has gone; the same command goes on"
                )
            said: dict[str, Any] = {"fault": f"{type(error).__name__}: {error}"}
        else:
            said = _answer(future.result())
        if "died" in said:
            turn.deaths += 1
            if turn.deaths < DEATHS:
                return None
            how = said["died"]
            return Outcome(turn.job, (), f"its grading ended {DEATHS} workers (the last by {how})")
        outcome = outcome_of(turn.job, said, str(said.get("isolation", "")))
        turn.faults += not outcome.is_graded
        return outcome if outcome.is_graded or turn.faults == ATTEMPTS else None

    def _threads(self, client: Any) -> int:
        """How many tasks the workers with this kit can do at once; others are told once."""
        threads = 0
        wanted = resource_of(kit_digest())
        for address, worker in client.scheduler_info()["workers"].items():
            if wanted in worker["resources"]:
                threads += worker["nthreads"]
            elif address not in self._known:
                kits = ", ".join(worker["resources"]) or "no kit"
                self._say(f"worker {address} is refused: it has {kits}, and {wanted} is needed")
                self._known.add(address)
        return threads

    def _nobody(self) -> str:
        refused = f" ({len(self._known)} with another kit are refused)" if self._known else ""
        return (
            f"no worker at {self._address} can grade{refused}:"
            f" start one with grader/class worker {self._address}"
        )


def _answer(text: Any) -> dict[str, Any]:
    try:
        said = json.loads(text)
        return said if isinstance(said, dict) else {"fault": "a worker's answer is no object"}
    except (ValueError, TypeError, RecursionError) as error:
        return {"fault": f"a worker's answer cannot be read: {error}"}


def _next(fresh: Iterator[Job]) -> _Turn | None:
    job = next(fresh, None)
    return _Turn(job) if job else None
