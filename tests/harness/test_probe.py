"""What the probe of a level says: each way in which it can end is one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import Ended, advice, probe

HOLDS = '{"problems": [], "readable": []}\n'


def ended(
    out: bytes = b"", err: bytes = b"", status: int = 0, late: bool = False, flooded: bool = False
) -> Ended:
    return Ended(status, out, err, late, flooded)


def facts(text: str = HOLDS, verdict: str = "ended", **process: Any) -> bytes:
    """What witness writes of one probe."""
    end = {"end": "exit", "code": 0, "signal": 0, **process}
    told = "it ended by itself" if verdict == "ended" else "it ran for longer than the limit"
    return json.dumps(
        {
            "verdict": verdict,
            "detail": told,
            "stdout": {"text": text},
            "stderr": {"text": ""},
            "processes": [end],
        }
    ).encode()


def told(of: Ended) -> str:
    with pytest.raises(probe.Refused) as caught:
        probe.judge(of)
    said = str(caught.value)
    assert "{" not in said and '"' not in said and "\n" not in said and len(said) < 400
    return said


def test_it_holds_only_where_it_was_seen_to() -> None:
    probe.judge(ended(facts()))
    for text in ("", "holds\n", "[]", "{}", '{"problems": 0, "readable": []}', "null"):
        told(ended(facts(text)))


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (ended(), "witness wrote nothing"),
        (ended(facts()[:-20]), "is cut off"),
        (ended(b"null\n"), "is cut off"),
        (ended(facts("", end="killed", signal=9)), "ended with signal 9: it wrote nothing"),
        (ended(facts("", "wall-time", signal=9)), "stopped: it ran for longer than the limit"),
        (ended(facts("", code=127)), "ended with status 127: it wrote nothing"),
        (ended(late=True, status=-9), "did not answer within 30 s"),
        (ended(status=-9), "was killed by signal 9"),
        (ended(status=1), "cannot be made: status 1: the reason is not known"),
        (ended(err=b"bwrap: strange\n", status=1), "strange: the reason is not known"),
    ],
)
def test_a_probe_that_did_not_end_well_is_a_sentence(of: Ended, said: str) -> None:
    assert said in told(of)


def test_what_the_probe_found_is_told_as_it_is() -> None:
    text = json.dumps({"problems": ["one", "two"], "readable": []})
    assert told(ended(facts(text))) == "the sandbox does not hold: one; two"


def test_what_witness_lacks_is_told_with_what_to_do() -> None:
    line = b"witness: cannot trace programs: Not allowed: the cause: the command\n"
    with pytest.raises(probe.NoTracing) as caught:
        probe.judge(ended(err=line, status=3))
    assert caught.value.seen == "witness cannot trace programs: Not allowed"
    assert caught.value.fix == "the cause: the command"


# ---- advice: where the cause was seen


@pytest.fixture(name="proc")
def proc_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A /proc that says nothing yet, on a machine that is no container."""
    monkeypatch.setattr(advice, "PROC", tmp_path)
    monkeypatch.setattr(advice, "CONTAINER_FILES", ())
    (tmp_path / "self").mkdir()
    return tmp_path


REASON = "setting up uid map: Permission denied"


def test_without_a_cause_nothing_is_advised(proc: Path) -> None:
    assert advice.for_namespaces(REASON) == advice.NOT_KNOWN
    assert advice.for_namespaces("loopback: No such device") == advice.NOT_KNOWN


@pytest.mark.parametrize(("name", "value", "allowed"), advice.FORBIDDEN)
def test_a_setting_is_advised_where_it_forbids(
    name: str, value: str, allowed: str, proc: Path
) -> None:
    file = proc / "sys" / name
    file.parent.mkdir(parents=True)
    file.write_text("7\n", "ascii")
    assert advice.for_namespaces(REASON) == advice.NOT_KNOWN
    file.write_text(f"{value}\n", "ascii")
    assert f"{name.replace('/', '.')}={allowed}" in advice.for_namespaces(REASON)


def test_a_containers_options_are_advised_below_a_filter_only(proc: Path) -> None:
    (proc / "self" / "status").write_text("Name:\tx\nSeccomp:\t0\n", "ascii")
    assert advice.for_namespaces(REASON) == advice.NOT_KNOWN
    (proc / "self" / "status").write_text("Name:\tx\nSeccomp:\t2\n", "ascii")
    said = advice.for_namespaces(REASON)
    assert "seccomp=unconfined" in said and "systempaths" not in said
    covered = "99 98 0:5 / /proc/kcore rw - tmpfs tmpfs rw\n"
    (proc / "self" / "mountinfo").write_text(covered, "ascii")
    assert "systempaths=unconfined" in advice.for_namespaces("Can't mount proc: not permitted")


def test_one_command_closes_all_of_the_kit(tmp_path: Path) -> None:
    kit = tmp_path / "a kit"
    (kit / "solution").mkdir(parents=True)
    inside = [kit / "solution", kit / "results"]
    assert advice.closing(inside, kit) == f"chmod go-rwx '{kit}'"
    new, there = tmp_path / "new", tmp_path / "there"
    there.mkdir()
    assert advice.closing([new, there], kit) == f"mkdir -p -m 700 {new} && chmod go-rwx {there}"
    there.chmod(0o1777)
    assert advice.closing([there], kit).startswith(f"use another folder than {there}")
