"""class.html: what it counts, and that a browser shows, sorts, searches and prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.batch.alike import Pair, Passage, Piece
from grader.batch.page import class_page
from grader.batch.students import Entry, Student
from grader.batch.summary import Summary
from tests.batch.made import entry, result, row
from tests.browser import start

EVIL = "<script>document.title='forged'</script>"
PEOPLE = [
    Student("ada", "Ada Lovelace", section="A"),
    Student("bob", EVIL, section="B"),
    Student("cem", "Cem", section="A"),
    Student("dan", "Dan", on_roster=False),
]
PASSAGE = Passage(
    Piece("1-fork-wait/a.c", 3, 9, f"int a; {EVIL}"), Piece("b.c", 4, 10, "int b;"), 50
)
PAIR = Pair("ada", "cem", 50, (PASSAGE,))


def summary() -> Summary:
    made = Summary(("1-fork-wait",))
    for student, points in zip(PEOPLE, (3, 1, 0, 2)):
        graded = result(points, text=EVIL if points == 0 else "Never waited.", seconds=points)
        content = "same" if points in (3, 1) else student.key
        made.add(entry(student), row(student, graded, content), {})
        made.add_results(student.key, [graded])
    made.add(Entry(Student("eve", "Eve")), None, {})
    made.add(entry(Student("flo")), None, {"flo": "no memory"})
    return made


def page() -> str:
    return class_page(summary(), (PAIR,), 7, "kit")


# ---- counting


def test_the_class_is_counted() -> None:
    counted = summary()
    assert counted.statuses() == {"graded": 4, "not submitted": 1, "not graded": 1}
    assert counted.averages == ("50", "50")
    assert [count for _, count in counted.distribution] == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert counted.distribution[-1][0] == "90–100 %"


def test_the_idea_that_the_class_missed_comes_first() -> None:
    concepts = summary().concepts
    assert concepts == [("pipes", 1, 1, 50), ("waiting", 2, 1, 33), ("copies", 3, 1, 25)]


def test_a_check_that_was_not_reached_is_not_counted_as_missed() -> None:
    pipe = summary().tests["1-fork-wait/pipe"]
    assert (pipe.passed, pipe.failed, pipe.not_reached, pipe.missed_percent) == (1, 1, 2, 50)


def test_diagnoses_are_counted_with_whom_they_met() -> None:
    (found,) = summary().most_frequent
    assert (found.students, found.lost) == (["bob", "cem", "dan"], 6)


def test_who_handed_in_the_same_letters_is_shown() -> None:
    assert summary().same_content == [["ada", "bob"]]


def test_the_longest_to_grade_come_first() -> None:
    assert [student for _, student in summary().slowest] == ["ada", "dan", "bob", "cem"]


# ---- the file


def test_the_page_needs_no_network_and_holds_no_foreign_markup() -> None:
    text = page()
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)
    assert EVIL not in text and "&lt;script&gt;document.title" in text
    assert text.count("<script>") == 1


def test_a_page_says_why_nobody_looked_for_pairs() -> None:
    text = class_page(summary(), (), 7, "kit", f"left out: {EVIL}")
    assert '<h2 id="alike">' in text and '<a href="#alike">' in text
    assert "<strong>Not looked at.</strong> left out: &lt;script&gt;" in text
    assert 'id="alike"' not in class_page(summary(), (), 7, "kit")


def test_an_empty_class_has_a_page_too() -> None:
    assert '<h2 id="students">' in class_page(Summary(("1-fork-wait",)), (), 7, "kit")


# ---- in a browser

Browser = Any
in_browser = pytest.mark.needs("browser")
CHROME = "chrome"  # and Chromium: what the driver calls both


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    driver = start()
    assert driver is not None
    yield driver
    driver.quit()


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Browser:
    file = tmp_path / "class.html"
    file.write_text(page(), encoding="utf-8")
    browser.get(file.as_uri())
    return browser


def column(browser: Browser, table: str, number: int) -> list[str]:
    script = (
        "return [...document.getElementById(arguments[0]).tBodies[0].rows]"
        ".filter(row => !row.hidden).map(row => row.cells[arguments[1]].innerText.trim())"
    )
    found: list[str] = browser.execute_script(script, table, number)
    return found


def click(browser: Browser, table: str, number: int) -> None:
    script = "document.querySelectorAll(`#${arguments[0]} thead th button`)[arguments[1]].click()"
    browser.execute_script(script, table, number)


@in_browser
def test_a_browser_shows_it_without_a_complaint(shown: Browser) -> None:
    assert shown.title == "The class: Sharing is caring"
    assert len(column(shown, "students-table", 0)) == 6
    if shown.name != CHROME:
        pytest.skip(f"{shown.name} does not tell a test of its complaints")
    assert [entry for entry in shown.get_log("browser") if "favicon" not in entry["message"]] == []


@in_browser
def test_a_click_on_a_title_sorts_by_number_and_back(shown: Browser) -> None:
    click(shown, "students-table", 4)
    assert [text[:1] for text in column(shown, "students-table", 4)] == ["3", "2", "1", "0", "", ""]
    click(shown, "students-table", 4)
    assert [text[:1] for text in column(shown, "students-table", 4)] == ["", "", "0", "1", "2", "3"]
    script = (
        "return document.querySelector('#students-table [aria-sort]').getAttribute('aria-sort')"
    )
    assert shown.execute_script(script) == "ascending"


@in_browser
def test_a_search_leaves_what_fits_and_says_how_many(shown: Browser) -> None:
    box = shown.find_element("css selector", "input[data-table=students-table]")
    box.send_keys("ada a")
    assert [name.split("\n")[0] for name in column(shown, "students-table", 0)] == [
        "Ada Lovelace ada"
    ]
    assert shown.find_element("id", "students-table-found").get_attribute("textContent") == (
        "1 of 6 shown"
    )


@in_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_but_the_tables_scrolls_sideways(shown: Browser, width: int) -> None:
    shown.set_window_size(width, 900)
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert shown.execute_script(script) <= 0


@in_browser
def test_a_screen_reader_finds_titles_labels_and_headings(shown: Browser) -> None:
    script = """
    const wrong = [];
    for (const table of document.querySelectorAll("table")) {
      if (!table.caption) wrong.push("a table without a caption");
      if (table.querySelector("th:not([scope])")) wrong.push("a title without a scope");
    }
    for (const input of document.querySelectorAll("input"))
      if (!input.labels.length) wrong.push("a field without a label");
    for (const place of document.querySelectorAll("[role=region]"))
      if (!place.getAttribute("aria-label")) wrong.push("a region without a name");
    const levels = [...document.querySelectorAll("h1,h2,h3")].map(h => Number(h.tagName[1]));
    levels.forEach((level, n) => { if (n && level > levels[n - 1] + 1) wrong.push("a gap"); });
    const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
    if (new Set(ids).size !== ids.length) wrong.push("an id twice");
    if (document.documentElement.lang !== "en") wrong.push("no language");
    return wrong;
    """
    assert shown.execute_script(script) == []


@in_browser
def test_it_prints_on_paper_without_its_controls(shown: Browser) -> None:
    if shown.name != CHROME:
        pytest.skip(f"{shown.name} does not show a test what it would print")
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    script = "return getComputedStyle(document.querySelector(arguments[0])).display"
    assert shown.execute_script(script, ".search") == "none"
    assert shown.execute_script(script, "#students-table") == "table"
    pdf = shown.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert len(pdf["data"]) > 10_000
