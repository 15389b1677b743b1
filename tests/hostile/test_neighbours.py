"""What runs beside an attack; `python3 -m tests.hostile.neighbours 20` takes more of them."""

from tests.hostile.neighbours import trial


def test_a_bomb_a_hog_and_a_flood_change_no_other_result() -> None:
    assert trial(7) == []
