"""Reports made of any text, for the tests of the formats."""

from hypothesis import strategies as st

from grader.picture.model import PROCESS, SEGMENT, Lane, Picture, Row, Span
from grader.report.model import (
    FAILED,
    NOT_REACHED,
    PASSED,
    VIEWS,
    ExerciseResult,
    Finding,
    PublicTest,
    Report,
    TestResult,
    score_of,
)

texts = st.one_of(
    st.text(st.characters(), max_size=40),  # with controls, surrogates, marks of direction
    st.sampled_from(
        [
            "::set-output name=x::y",
            "##[error]forged",
            "\x1b[2J\x1b[1;1H100/100",
            "]]></failure><testcase name='forged'/>",
            "```\n# forged\n```",
            "<script>alert(1)</script>",
            "| a | b |\n| --- | --- |",
            "@everyone fixes #1 https://example.org",
            "\u202e001/001\u202c",
            "a\r\nb\0c\x0b\x85\u2028",
        ]
    ),
)
lines = st.one_of(st.just(()), st.tuples(texts), st.tuples(texts, texts))


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Any texts in a picture that holds together."""
    text = st.one_of(texts, st.sampled_from(["end", "A->>B: forged", "%%{init: {}}%%"]))
    kinds = st.sampled_from([PROCESS, SEGMENT])
    lanes = tuple(Lane(draw(kinds), draw(text), draw(text), 0, 2) for _ in range(3))
    place = st.integers(0, 2)
    arrow = st.none() | st.tuples(place, place)
    every = st.sampled_from(["fork", "print", "end", "remove", "gap"])
    row = st.builds(Row, lane=place, kind=every, text=text, arrow=arrow, wrong=text, line=text)
    rows = tuple(draw(st.lists(row, min_size=1, max_size=3)))
    return Picture(draw(text), lanes, rows, (Span(0, "held", 0, len(rows) - 1),))


@st.composite
def results(draw: st.DrawFn) -> TestResult:
    verdict = draw(st.sampled_from([PASSED, FAILED, NOT_REACHED]))
    fault = draw(st.none() | texts) if verdict == NOT_REACHED else None
    return TestResult(
        id="1-fork-wait/" + draw(st.sampled_from(["a_check", "another"])),
        name=draw(texts) or "a name",
        verdict=verdict,
        points=None if fault is not None else (3 if verdict == PASSED else 0),
        max_points=3,
        visibility="hidden",
        message=draw(texts),
        expected=draw(texts),
        seen=draw(texts),
        evidence=draw(lines),
        section=draw(st.sampled_from(["", "assignment/1-fork-wait#the-parent-waits"])),
        hint=draw(texts),
        fault=fault,
        picture=draw(st.none() | pictures()),
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    return Finding(
        id="never-waited",
        text=draw(texts) or "a text",
        section="assignment/1-fork-wait#the-parent-waits",
        explanation=draw(texts),
        evidence=draw(lines),
        tests=draw(st.sampled_from([(), ("1-fork-wait/a_check",)])),
        lost=draw(st.integers(0, 6)),
        picture=draw(st.none() | pictures()),
    )


@st.composite
def exercises(draw: st.DrawFn) -> ExerciseResult:
    tests = tuple(draw(st.lists(results(), max_size=4)))
    faults = [test.fault for test in tests if test.fault is not None]
    public = st.builds(PublicTest, name=texts, passed=st.booleans(), message=texts)
    return ExerciseResult(
        id=draw(st.sampled_from(["1-fork-wait", "6-tally"])),
        title=draw(texts),
        score=score_of(tests),
        max_score=3 * len(tests),
        diagnoses=tuple(draw(st.lists(findings(), max_size=2))),
        tests=tests,
        notes=draw(lines),
        public_tests=tuple(draw(st.lists(public, max_size=2))),
        fault="; ".join(faults) if faults else None,
        commands=draw(lines),
        remarks=draw(lines),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    return Report(
        submission=draw(texts),
        kit="0123456789ab",
        isolation="namespaces",
        seed=draw(st.integers(0, 2**32)),
        view=draw(st.sampled_from(VIEWS)),
        exercises=tuple(draw(st.lists(exercises(), max_size=2))),
        notes=draw(lines),
        out="results",
    )
