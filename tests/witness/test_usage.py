"""Bad usage is one clear line and exit status 2; help and version are to be had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.witness.observed import program, series_line, witness

WRONG = [
    ([], "command"),
    (["--"], "command"),
    (["--no-such-option", "--", "true"], "--no-such-option"),
    (["--schedule", "sometimes", "--", "true"], "sometimes"),
    (["--schedule", "seed:", "--", "true"], "seed:"),
    (["--schedule", "seed:x", "--", "true"], "seed:x"),
    (["--stdout", "printer", "--", "true"], "printer"),
    (["--fail", "open:ENOENT", "--", "true"], "open"),
    (["--fail", "fork:ENOSUCH", "--", "true"], "ENOSUCH"),
    (["--fail", "fork", "--", "true"], "fork"),
    (["--fail", "fork:EAGAIN@0", "--", "true"], "EAGAIN@0"),
    (["--fail", "fork:EAGAIN@x", "--", "true"], "EAGAIN@x"),
    (["--fail", "child0:fork:EAGAIN", "--", "true"], "child0"),
    (["--fail", "cousin:fork:EAGAIN", "--", "true"], "cousin"),
    (["--poke", "1:2", "--", "true"], "1:2"),
    (["--poke", "-1000001:2:3", "--", "true"], "-1000001:2:3"),
    (["--poke", "1:two:3", "--", "true"], "two"),
    (["--signal", "11", "--", "true"], "11"),
    (["--signal", "11:99", "--", "true"], "99"),
    (["--limit", "wall-ms", "--", "true"], "wall-ms"),
    (["--limit", "wall-ms=-1", "--", "true"], "wall-ms=-1"),
    (["--limit", "wall-ms=9999999999999999999999", "--", "true"], "wall-ms"),
    (["--limit", "patience=5", "--", "true"], "patience"),
    (["--linger", "soon", "--", "true"], "soon"),
    (["--first-pid", "0", "--", "true"], "0"),
    (["--first-pid", "30001", "--", "true"], "30001"),
    (["--first-pid", "late", "--", "true"], "late"),
    (["--output", "FD:x", "--", "true"], "FD:x"),
    (["--output", "FD:77", "--", "true"], "77"),
    (["--output", "/no/such/folder/facts", "--", "true"], "/no/such/folder/facts"),
    (["--series", "/no/such/series"], "/no/such/series"),
    (["--series", "-", "--", "true"], "series"),
    (["--schedule"], "--schedule"),
    (["--uid", "0", "--", "true"], "--uid 0"),
    (["--uid", "nobody", "--", "true"], "nobody"),
    (["--uid", "4294967295", "--", "true"], "4294967295"),
]


@pytest.mark.parametrize(
    ("arguments", "named"), WRONG, ids=[" ".join(words)[:40] for words, _ in WRONG]
)
def test_bad_usage_is_one_line_that_names_it(arguments: list[str], named: str) -> None:
    done = witness(arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("witness: ") and done.stderr.count("\n") == 1
    assert named in done.stderr


@pytest.mark.parametrize(
    "line",
    ["%2", "%zz -- true", "--schedule none", "--output x -- true", "--series - -- true"]
    + ["--uid 7 -- true"],
)
def test_a_wrong_line_of_a_series_is_named(line: str) -> None:
    done = witness(["--series", "-"], stdin=line + "\n")
    assert done.returncode == 2
    assert done.stderr.startswith("witness: ") and done.stderr.count("\n") == 1


def test_help_tells_options_and_exit_statuses() -> None:
    done = witness(["--help"])
    assert done.returncode == 0
    for word in ("--schedule", "--fail", "--poke", "--limit", "EXIT STATUS"):
        assert word in done.stdout
    for word in ("--past-end", "--first-pid", "PID namespace"):
        assert word in done.stdout


def test_version_is_one_line() -> None:
    done = witness(["--version"])
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)


def test_facts_go_to_a_file(tmp_path: Path) -> None:
    done = witness(["--output", "facts.json", "--", *program("copies")], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "facts.json").read_text())["schema"] == "witness/v1"


def test_facts_go_to_a_descriptor() -> None:
    done = witness(["--output", "FD:2", "--", *program("copies")])
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(done.stderr)["verdict"] == "ended"


def test_a_series_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "series").write_text(series_line(program("copies")) + "\n")
    done = witness(["--series", "series"], cwd=tmp_path)
    assert json.loads(done.stdout)["stdout"]["text"] == "child: 7\nparent: 5\n"
