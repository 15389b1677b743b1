"""A class on a Dask cluster: the same gradebook, whatever happens to a worker."""

from __future__ import annotations

import json
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.batch import cluster_task, pool
from grader.batch.cluster import ClusterBackend, Tls
from grader.batch.jobs import Job, Outcome
from grader.batch.kit import kit_digest
from grader.batch.task import Order
from tests.batch.conftest import CLASS, FAST, KIT, NO_WAIT, SOURCE, Call, lay
from tests.batch.test_pool import worker_text

pytestmark = pytest.mark.needs("cluster")

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes that are ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(*command: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=tmp_path,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def wait_for(process: "subprocess.Popen[str]", words: str) -> str:
    """The line with these words, when the process says it. What it says later is read, too: one
    that says much would wait for a reader.
    """
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return line
    raise AssertionError("".join(said))


def scheduler(start: Start, *options: str) -> str:
    process = start(
        sys.executable, "-m", "distributed.cli.dask_scheduler",
        "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *options,
    )  # fmt: skip
    return wait_for(process, "Scheduler at:").split()[-1]


def worker(start: Start, address: str, *options: str, kit: Path = KIT) -> "subprocess.Popen[str]":
    process = start(kit / "grader" / "class", "worker", address, "--jobs", "1", *options)
    wait_for(process, "works for")
    return process


def test_neither_a_worker_that_is_killed_nor_one_with_another_kit_changes_anything(
    call: Call, start: Start, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    lay(small_class, {f"s{n}/{SOURCE}": f"{NO_WAIT}/* {n} */" for n in range(3)})
    asked = [*FAST, "--policy", str(fast_policy)]
    address = scheduler(start)
    worker(start, address, kit=another_kit(tmp_path / "older"))
    doomed, other = worker(start, address), worker(start, address)
    out = tmp_path / "cluster"
    command = [CLASS, "grade", small_class, "--out", out, *asked, "--scheduler", address]
    with open(tmp_path / "errors", "w+", encoding="utf-8") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("1/6"):
                    doomed.send_signal(signal.SIGKILL)
        errors.seek(0)
        said = errors.read().splitlines()
    assert process.returncode == 0, said
    assert other.poll() is None
    (refused,) = [line for line in said if "is refused: it has kit-" in line]
    assert f"kit-{kit_digest()} is needed" in refused
    assert not any("Traceback" in line for line in said), said
    here = call(small_class, *asked)
    assert (out / "gradebook.csv").read_bytes() == (here.out / "gradebook.csv").read_bytes()


def another_kit(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", "pycache", "mypy", "tests", "results", "*.o")
    shutil.copytree(KIT, folder, ignore=ignored, symlinks=True)
    with open(folder / "grader" / "base" / "check.py", "a", encoding="utf-8") as file:
        file.write("# older\n")
    return folder


def test_no_scheduler_is_one_clear_line(
    call: Call, small_class: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.batch.cluster.CONNECT_SECONDS", 1)
    backend = ClusterBackend("tcp://127.0.0.1:9", Tls(), print)
    with pytest.raises(Exception, match="no scheduler answers at tcp://127.0.0.1:9"):
        [*backend.outcomes([job(b"x")])]
    done = call(small_class, *FAST, "--scheduler", "nonsense://x")
    assert done.status == 3 and done.stderr.count("\n") == 1


def test_a_task_is_read_where_there_is_no_kit() -> None:
    """As a scheduler does since 2024, before a worker gets it."""
    task = pickle.dumps((pickle.loads, cluster_task.packed("older", {}, b"")))
    reads = "import pickle, sys; function, data = pickle.load(sys.stdin.buffer); print(type(data))"
    command = [sys.executable, "-I", "-c", reads]
    there = subprocess.run(command, input=task, capture_output=True, check=False, cwd="/")
    assert (there.stdout, there.stderr) == (b"<class 'bytes'>\n", b"")
    function, data = pickle.loads(task)
    assert "another kit" in json.loads(function(data))["fault"]


# ---- with the workers' processes played by a small program


def job(data: bytes) -> Job:
    return Job(data.decode(), data.decode(), Order(1, ("1-fork-wait",)), lambda: data)


@pytest.fixture
def outcomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., dict[str, Outcome]]]:
    text = worker_text(tmp_path, f"tell({{'kit': {kit_digest()!r}, 'isolation': 'namespaces'}})")
    (tmp_path / "worker.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(pool, "COMMAND", (sys.executable, str(tmp_path / "worker.py")))
    import distributed

    resources = {cluster_task.resource_of(kit_digest()): 2}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None,
        resources=resources, protocol="tcp://",
    ) as local:  # fmt: skip

        def run(*bundles: bytes) -> dict[str, Outcome]:
            backend = ClusterBackend(local.scheduler_address, Tls(), print)
            return {o.job.student: o for o in backend.outcomes(map(job, bundles))}

        yield run
    pool.end_workers(cluster_task._IDLE)
    for worker in cluster_task._IDLE:
        worker.close()
    cluster_task._IDLE.clear()


def test_a_submission_that_ends_three_processes_is_left_and_the_class_goes_on(
    outcomes: Callable[..., dict[str, Outcome]], tmp_path: Path
) -> None:
    found = outcomes(b"kills", b"kills once", b"fault", b"fault once", b"fine")
    assert "ended 3 workers (the last by signal 9)" in found["kills"].fault
    assert found["fault"].fault == "no memory"
    for name in ("kills once", "fault once", "fine"):
        assert found[name].is_graded
    tries = (tmp_path / "log").read_bytes().splitlines()
    assert (tries.count(b"kills"), tries.count(b"fault")) == (3, 2)


def test_a_task_for_another_kit_is_refused_by_the_worker_itself() -> None:
    said = json.loads(cluster_task.grade_elsewhere("older", {}, b""))
    assert "another kit" in said["fault"]


# ---- TLS


@pytest.mark.needs("tls")
def test_all_goes_through_tls(
    call: Call, start: Start, small_class: Path, fast_policy: Path, tmp_path: Path
) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ["--tls-ca-file", str(cert), "--tls-cert", str(cert), "--tls-key", str(key)]
    address = scheduler(start, "--protocol", "tls", *tls)
    assert address.startswith("tls://")
    worker(start, address, *tls)
    asked = [*FAST, "--policy", str(fast_policy), "--only", "ada", "--scheduler", address]
    done = call(small_class, *asked, *tls)
    assert done.status == 0, done.stderr
    assert done.gradebook["ada"]["final"] == "15"
