"""A cluster on separate hosts, played by network namespaces: no loopback, no shared port."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.conftest import CLASS, FAST, NO_WAIT, SOURCE, Call, lay
from tests.batch.test_cluster import Start, start, wait_for

pytestmark = pytest.mark.needs("cluster", "hosts")

__all__ = ["start"]
HOSTS = 3


@pytest.fixture
def hosts() -> Iterator[list[list[str]]]:
    """For each host the words that run a command there; host N has the address 10.77.0.N."""
    if os.geteuid() != 0:
        pytest.skip("only root makes network namespaces")
    mark = f"c{os.getpid() % 100_000}"
    names = [f"{mark}h{number}" for number in range(1, HOSTS + 1)]

    def ip(*words: str, check: bool = True) -> None:
        subprocess.run(["ip", *words], check=check, capture_output=True)

    try:
        try:
            ip("link", "add", f"{mark}b", "type", "bridge")
        except subprocess.CalledProcessError:
            pytest.skip("no bridge can be made here")
        ip("link", "set", f"{mark}b", "up")
        for number, name in enumerate(names, 1):
            ip("netns", "add", name)
            outer = f"{mark}v{number}"
            ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", outer, "master", f"{mark}b", "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield [["ip", "netns", "exec", name] for name in names]
    finally:
        for name in names:
            ip("netns", "del", name, check=False)
        ip("link", "del", f"{mark}b", check=False)


def test_a_host_that_goes_down_in_the_middle_changes_nothing(
    hosts: list[list[str]], call: Call, start: Start, fast_policy: Path, tmp_path: Path
) -> None:
    class_ = lay(tmp_path / "c", {f"s{n}/{SOURCE}": f"{NO_WAIT}/* {n} */" for n in range(4)})
    asked = [*FAST, "--policy", str(fast_policy)]
    address = "tcp://10.77.0.1:8786"
    dask = ["-m", "distributed.cli.dask_scheduler", "--host", "10.77.0.1", "--no-dashboard"]
    wait_for(start(*hosts[0], "/usr/bin/python3", *dask), "Scheduler at:")
    workers = []
    for number, host in enumerate(hosts[1:], 2):
        mine = ["worker", address, "--jobs", "1", "--host", f"10.77.0.{number}"]
        workers.append(start(*host, CLASS, *mine))
        wait_for(workers[-1], "works for")
    command = [*hosts[0], CLASS, "grade", class_, "--out", tmp_path / "far", *asked]
    command += ["--scheduler", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("1/4"):
                workers[0].send_signal(signal.SIGKILL)
    assert process.returncode == 0
    here = call(class_, *asked)
    assert (tmp_path / "far" / "gradebook.csv").read_bytes() == (
        here.out / "gradebook.csv"
    ).read_bytes()
