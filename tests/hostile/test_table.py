"""The table of attacks: what was tried, where, and what it earned."""

from tests.hostile.table import earned, rendered


def test_an_attack_has_a_line_with_what_it_earned_on_each_level() -> None:
    lines = rendered([("daemon", "namespaces", "0"), ("daemon", "plain", "3 of 15")])
    assert len(lines) == 3
    assert lines[-1].startswith("| daemon | A double fork")
    assert lines[-1].endswith("| 0 | – | 3 of 15 |")


def test_what_an_honest_program_earns_stands_beside_the_score() -> None:
    assert [earned(0, 0), earned(2, 3), earned(None, 3)] == ["0", "2 of 3", "not graded"]
