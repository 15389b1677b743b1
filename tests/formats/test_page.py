"""report.html can be read by everybody, on paper and in the dark, and runs and loads nothing."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from grader import formats
from grader.base.text import visible
from grader.picture.colors import DARK, LIGHT, PAPER
from grader.report.model import ExerciseResult, Finding, Report
from tests.formats.golden import NAMES, kept
from tests.harness.reports import reports

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
quickly = settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
ON_THE_PAGE = ("text", "soft", "good", "half", "bad", "link")
MARKS = ("process", "segment", "arrow", "bad")  # graphics: 3 to 1 is asked of them


class Page(HTMLParser):
    """The tags of a page in order, with their attributes, and the texts of the headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK, PAPER])
def test_every_text_stands_out_from_its_ground(palette: str) -> None:
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", palette))
    for ground in ("back", "raised"):
        for name in ON_THE_PAGE:
            assert contrast(colors[name], colors[ground]) >= 4.5, (name, ground)
    for name in ("text", "bad"):  # words in a picture, where something is wrong
        assert contrast(colors[name], colors["badback"]) >= 4.5, name
    for name in MARKS:
        assert contrast(colors[name], colors["back"]) >= 3, name
    for name in ("process", "segment"):  # the head of a lane: its number in the page's colour
        assert contrast(colors["back"], colors[name]) >= 4.5, name


@pytest.mark.parametrize("name", NAMES)
def test_headings_follow_one_another_and_every_name_is_there_once(name: str) -> None:
    tags = Page(kept(name)["report.html"]).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert ("html", {"lang": "en"}) in tags
    ids = Counter(attributes["id"] for _, attributes in tags if "id" in attributes)
    assert not [name for name, count in ids.items() if count > 1]
    for _, attributes in tags:
        for wanted in (attributes.get("aria-labelledby") or "").split():
            assert wanted in ids
        href = attributes.get("href")
        assert href is None or href[1:] in ids


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_scrolled_can_be_reached_and_every_picture_has_its_words(name: str) -> None:
    for tag, attributes in Page(kept(name)["report.html"]).tags:
        if attributes.get("class") == "scroll":
            assert attributes["tabindex"] == "0" and attributes["role"] == "region"
            assert attributes["aria-label"]
        if tag == "svg":
            named = attributes.get("role") == "img" and attributes.get("aria-labelledby")
            assert named or attributes.get("aria-hidden") == "true"


@quickly
@given(reports())
def test_whatever_a_program_prints_the_page_runs_and_loads_nothing(report: Report) -> None:
    text = formats.render("html", report)
    assert text == visible(text, keep="\n\t\u00a0")
    for tag, attributes in Page(text).tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "base", "form", "b")
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text.partition("</style>")[0])


def test_a_sign_that_hides_or_turns_text_is_shown_as_its_number() -> None:
    hostile = "\u202e100/100\x1b[2J<b>"
    finding = Finding("never-waited", hostile, "", hostile, (hostile,))
    exercise = ExerciseResult("1-fork-wait", hostile, 0, 15, (finding,), notes=(hostile,))
    report = Report(hostile, "", "namespaces", 7, "student", (exercise,), notes=(hostile,))
    text = formats.render("html", report)
    assert text.count(r"\u202e100/100\x1b[2J&lt;b&gt;") >= 6
    assert text == visible(text, keep="\n\t\u00a0")
