"""The picture of a run shows who did what, in order, and marks what is wrong and nothing else."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings

from grader.base.exercise import Exercise, exercise_of
from grader.base.text import visible
from grader.facts.records import Run
from grader.picture import model
from grader.picture.draw import MOST_PROCESSES, MOST_ROWS, draw
from grader.picture.mermaid import harmless, mermaid
from grader.picture.model import Picture, picture_from_json, sentence
from grader.picture.svg import svg
from tests.harness.reports import pictures, texts
from tests.judging.story import Story, int_bytes

FORK_WAIT = exercise_of("1-fork-wait")
SHARING = exercise_of("2-sharing")
KEEPER = exercise_of("4-keeper")
READ_ONLY = exercise_of("5-read-only")
TALLY = exercise_of("6-tally")

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
quickly = settings(max_examples=40, deadline=None, suppress_health_check=SLOW)


def right_sharing() -> Story:
    story = Story("12", "7").creates(1).attaches(1).holds(int_bytes(12), 1).fork(2)
    story.attaches(2, "0x2000").holds(int_bytes(19), 2).prints(2, "child: 19")
    story.detaches(2, "0x2000").ends(2).waits(1, 2).prints(1, "parent: 19")
    return story.detaches(1).removes(1).ends(1)


def forgets_to_wait() -> Run:
    story = Story("12", "7").fork(2).prints(1, "parent: 12").ends(1)
    return story.prints(2, "child: 19").ends(2).run()


def forgets_to_remove() -> Run:
    story = Story("12", "7").creates(1).attaches(1).fork(2).prints(2, "child: 19").detaches(2)
    return story.ends(2).waits(1, 2).prints(1, "parent: 19").detaches(1).ends(1).run()


def marked(picture: Picture) -> list[tuple[str, str]]:
    return [(row.text, row.wrong) for row in picture.rows if row.wrong]


def test_every_event_of_the_lesson_has_its_row_in_order() -> None:
    picture = draw(right_sharing().run(), SHARING)
    kinds = [row.kind for row in picture.rows if row.text != "waits …"]
    first = [model.CREATE, model.ATTACH, model.CHANGE, model.FORK]
    child = [model.ATTACH, model.CHANGE, model.PRINT, model.DETACH, model.END]
    last = [model.WAIT, model.PRINT, model.DETACH, model.REMOVE, model.END]
    assert kinds == first + child + last
    told = [sentence(picture, row) for row in picture.rows]
    assert "process 2 (child): puts 19 into the segment" in told
    assert 'process 2 (child): printed "child: 19"' in told


def test_nothing_is_marked_in_a_right_run() -> None:
    assert marked(draw(right_sharing().run(), SHARING, ["child: 19", "parent: 19"])) == []


def test_lanes_begin_where_they_are_made_and_end_where_they_go() -> None:
    picture = draw(right_sharing().run(), SHARING)
    parent, child, segment = picture.lanes
    kinds = [row.kind for row in picture.rows]
    assert (parent.first, parent.last) == (0, len(kinds) - 1)
    assert (child.first, child.last) == (kinds.index(model.FORK), kinds.index(model.END))
    assert (segment.first, segment.last) == (0, kinds.index(model.REMOVE))
    assert not (parent.open or child.open or segment.open)
    arrows = {row.kind: row.arrow for row in picture.rows}
    assert arrows[model.FORK] == (0, 1) and arrows[model.WAIT] == (1, 0)
    assert arrows[model.REMOVE] == (0, 2)


def test_the_wait_that_never_came_is_marked_and_the_line_that_came_too_early() -> None:
    picture = draw(forgets_to_wait(), FORK_WAIT, ["child: 19", "parent: 12"])
    assert marked(picture) == [
        ('printed "parent: 12"', "printed before the parent waited"),
        ("ended with exit status 0", "never waited for its child"),
    ]


def test_the_segment_that_stays_is_marked_on_its_own_lane_which_goes_on() -> None:
    picture = draw(forgets_to_remove(), SHARING)
    assert marked(picture) == [("still there after the program ended", "never removed")]
    assert picture.lanes[picture.rows[-1].lane].kind == model.SEGMENT
    assert picture.lanes[-1].open and picture.lanes[-1].last == len(picture.rows) - 1


def test_a_keeper_may_leave_its_segment() -> None:
    run = Story("create", "77", "10").creates(1, 10, 77).ends(1).run()
    assert marked(draw(run, KEEPER)) == []


def test_a_wrong_value_says_what_was_asked_for() -> None:
    story = Story("12", "7").fork(2).prints(2, "child: 20").ends(2).waits(1, 2)
    run = story.prints(1, "parent: 12").ends(1).run()
    found = marked(draw(run, FORK_WAIT, ["child: 19"]))
    assert found == [('printed "child: 20"', "should print child: 19")]


@pytest.mark.parametrize(
    ("run", "exercise", "why"),
    [
        (Story().fork(2).crashes(2).waits(1, 2).ends(1), FORK_WAIT, "it crashed"),
        (
            Story().fork(2).fork(3).ends(2).ends(3).waits(1, 2).waits(1, 3).ends(1),
            FORK_WAIT,
            "one child",
        ),
        (
            Story().fork(2, how="vfork", shares=True).ends(2).waits(1, 2).ends(1),
            FORK_WAIT,
            "copied",
        ),
        (
            Story().fork_fails().prints(1, "parent: 12").ends(1),
            FORK_WAIT,
            "although fork had failed",
        ),
        (Story().fork_fails().ends(1), FORK_WAIT, "exit with status 1"),
        (Story().fork_fails().ends(1, 1), FORK_WAIT, "nothing on stderr"),
        (right_sharing().removal_fails(1), SHARING, "failed"),
        (
            Story().creates(1).creates(1, number=2).removes(1).removes(1, 2).ends(1),
            SHARING,
            "one segm",
        ),
        (Story().creates(1).attaches(1).removes(1).ends(1), SHARING, "never detached"),
        (
            Story().creates(1).attaches(1).attaches(1, "0x2").removes(1).ends(1),
            TALLY,
            "once per pro",
        ),
        (Story().creates(1).fork(2).removes(2).ends(2).waits(1, 2).ends(1), SHARING, "created it"),
        (
            Story().creates(1).fork(2).attaches(2).crashes(2).waits(1, 2).ends(1),
            READ_ONLY,
            "SHM_RDONLY",
        ),
    ],
)
def test_what_is_wrong_in_any_style_is_marked(run: Story, exercise: Exercise, why: str) -> None:
    assert any(why in wrong for _, wrong in marked(draw(run.run(), exercise)))


def test_what_holds_a_process_is_a_span_and_so_is_what_it_has_attached() -> None:
    picture = draw(right_sharing().run(), SHARING)
    kinds = [row.kind for row in picture.rows]
    spans = {(span.lane, span.kind): span for span in picture.spans}
    waits = spans[0, model.WAITS]
    assert picture.rows[waits.first].text == "waits …" and kinds[waits.last] == model.WAIT
    ended = spans[1, model.ENDED]
    assert (ended.first, ended.last) == (kinds.index(model.END), waits.last)
    attached = [span for span in picture.spans if span.kind == model.ATTACHED and span.lane == 1]
    assert all(span.other == 2 for span in attached) and len(attached) == 2  # one was inherited


def test_many_processes_and_many_rows_are_cut_but_what_is_wrong_stays() -> None:
    story = Story(*"1" * 60)
    for child in range(2, 62):
        story.fork(child)
    for child in range(2, 62):
        story.prints(child, f"line {child}").ends(child)
    for child in range(2, 60):
        story.waits(1, child)
    picture = draw(story.ends(1).run(), TALLY)
    assert len(picture.lanes) == MOST_PROCESSES and len(picture.rows) <= MOST_ROWS + 4
    assert [why for _, why in marked(picture)] == ["never waited for process 60 and process 61"]
    assert any(row.kind == model.GAP for row in picture.rows)
    assert f"{61 - MOST_PROCESSES} more processes" in " ".join(row.text for row in picture.rows)


def test_runs_that_follow_one_another_share_the_lane_of_the_segment() -> None:
    create = Story("create", "77", "10").creates(1, 10, 77).ends(1).run()
    story = Story("remove", "77")
    story._segments[1] = {  # what the first command left
        "number": 1, "id": 41, "key": 77, "size": 10, "mode": 384, "creator": None,
        "created": None, "preexisting": True, "left": True,
    }  # fmt: skip
    remove = story.finds(1, 77).removes(1).ends(1).run()
    picture = draw([create, remove], KEEPER)
    assert [lane.label for lane in picture.lanes] == ["create", "remove", "segment"]
    assert picture.lanes[1].first > picture.lanes[0].last and not picture.lanes[2].open


def test_a_picture_survives_json() -> None:
    picture = draw(forgets_to_remove(), SHARING)
    assert picture_from_json(json.loads(json.dumps(asdict(picture)))) == picture
    assert picture_from_json(None) is None


# ---- shown


def test_the_svg_tells_all_of_it_to_a_screen_reader() -> None:
    picture = draw(forgets_to_wait(), FORK_WAIT)
    root = ElementTree.fromstring(svg(picture, "p1"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p1-title p1-desc"
    texts_of = {child.get("id"): child.text or "" for child in root if child.get("id")}
    assert "never waited for its child" in texts_of["p1-title"]
    for row in picture.rows:
        assert sentence(picture, row) in texts_of["p1-desc"]


def test_what_is_wrong_has_a_cross_and_words_beside_its_colour() -> None:
    text = svg(draw(forgets_to_wait(), FORK_WAIT), "p1")
    assert text.count('class="cross"') == 2 and text.count("✗ ") == 2
    assert 'class="cross"' not in svg(draw(right_sharing().run(), SHARING), "p1")


def test_mermaid_tells_the_same() -> None:
    lines = mermaid(draw(forgets_to_wait(), FORK_WAIT)).split("\n")
    assert lines[0] == "sequenceDiagram"
    assert "    L0->>L1: fork → child is process 2" in lines
    assert "    Note over L0: ✗ never waited for its child" in lines
    assert lines.count("    end") == sum("    rect " in line for line in lines) == 2


@quickly
@given(pictures())
def test_the_svg_is_well_formed_and_holds_no_tag_of_a_program(picture: Picture) -> None:
    text = svg(picture, "p1")
    tags = {element.tag.partition("}")[2] for element in ElementTree.fromstring(text).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "circle", "line", "path", "text", "tspan"}
    assert text == visible(text, keep="\n\u00a0")


@quickly
@given(pictures())
def test_a_program_writes_no_line_of_a_diagram(picture: Picture) -> None:
    lines = mermaid(picture).split("\n")
    safe = r"(?:[A-Za-z0-9 ._()/=→…✗-]|#\d+;)*"
    allowed = rf"    (?:accTitle: |participant L\d as |Note over L\d: |L\d-+(?:>>|x)L\d: ){safe}"
    for line in lines[1:-1]:
        assert re.fullmatch(rf"{allowed}|    rect rgba\([0-9., ]+\)|    end", line), line


@quickly
@given(texts)
def test_text_in_a_diagram_is_no_word_of_it(text: str) -> None:
    shown = harmless(text)
    assert not re.search(r"\bend\b", shown, re.IGNORECASE)
    assert not re.search(r"[<>\"'`;:%{}\[\]\n]", re.sub(r"#\d+;", "", shown))
