"""The table of `make machines`."""

from __future__ import annotations

from tests.machines.table import Cell, Machine, completed, failed, parse_results, rendered

STEPS = ("grade", "check", "test")
ROOT, NONE = Machine("bookworm", "root"), Machine("trixie", "none")


def test_of_a_step_that_was_walked_twice_the_last_row_counts() -> None:
    text = "grade\trefused\t1\tapt-get install -y gcc\ngrade\tpassed\t9\tnamespaces\n"
    assert parse_results(text) == {
        "grade": Cell("passed", 9, "namespaces", "apt-get install -y gcc")
    }


def test_a_cell_for_each_machine_and_step() -> None:
    results = {
        ROOT: {
            "grade": Cell("passed", 9, "namespaces"),
            "check": Cell("failed", 2, "1 of 6 checks"),
            "test": Cell("passed", 99, "12 passed in 99 s"),
        },
        NONE: {"grade": Cell("passed", 30, "user", "apt-get install -y gcc")},
    }
    assert rendered(results, STEPS, "Commit x.").splitlines() == [
        "Commit x.",
        "",
        "| step | bookworm-root | trixie-none |",
        "| --- | --- | --- |",
        "| grade | passed, 9 s | passed, 30 s (asked root first) |",
        "| check | **failed**, 2 s | not run |",
        "| test | passed, 99 s | not run |",
        "",
        "- bookworm-root: isolation namespaces",
        "- bookworm-root: test: 12 passed in 99 s",
        "- bookworm-root: check: failed: 1 of 6 checks (build/machines/bookworm-root/check.log)",
        "- trixie-none: isolation user",
        "",
        "1 of 4 steps failed.",
    ]


def test_what_was_not_run_says_why_once_and_is_no_failure() -> None:
    results = {NONE: {step: Cell("not run", 0, "no archive") for step in STEPS}}
    text = rendered(results, STEPS, "")
    assert text.count("no archive") == 1
    assert "- trixie-none: grade, check, test: not run: no archive" in text
    assert not failed(results)


def test_an_interrupted_run_does_not_say_that_all_is_well() -> None:
    assert rendered({}, STEPS, "").endswith("0 of 0 steps failed.\n")


def test_a_refusal_that_nobody_answered_is_a_failure() -> None:
    assert failed({ROOT: {"grade": Cell("refused", 1, "apt-get install gcc")}})
    assert failed({ROOT: {"grade": Cell("failed", 1, "")}})
    assert not failed({ROOT: {"grade": Cell("passed", 1, "")}})


def test_a_step_that_a_machine_never_came_to_has_failed() -> None:
    cells = completed({"grade": Cell("passed", 1)}, STEPS, 3)
    assert cells["grade"] == Cell("passed", 1)
    assert cells["check"] == cells["test"]
    assert failed({ROOT: cells}) and "ended with status 3" in cells["test"].remark
