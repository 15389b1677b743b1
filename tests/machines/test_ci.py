"""The workflow of continuous integration: the machines that a class has, each walked and tested."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def test_every_machine_of_a_class_is_there() -> None:
    images = JOBS["container"]["strategy"]["matrix"]["image"]
    systems = JOBS["machine"]["strategy"]["matrix"]["os"]
    assert images == ["debian:12", "debian:13"]
    assert {"ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-26.04"} <= set(systems)


@pytest.mark.parametrize("job", JOBS)
def test_the_walk_comes_before_the_tests_install_anything(job: str) -> None:
    run = [step["run"] for step in JOBS[job]["steps"] if "run" in step]
    assert run[-2:] == ["tests/machines/walk --quick", ".ci/run"]
    before = " ".join(run[:-2])
    assert "python3" not in before and "gcc" not in before


@pytest.mark.parametrize("job", JOBS)
def test_actions_are_pinned_to_a_commit(job: str) -> None:
    used = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_may_read_and_ends(job: str) -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert JOBS[job]["timeout-minutes"] <= 60 and not JOBS[job]["strategy"]["fail-fast"]
