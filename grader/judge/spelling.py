"""Which lines of a program were meant as its results, although they are spelled differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from grader.facts.records import Line, Run
from grader.facts.spelling import Shape, Spelling
from grader.judge.output import Answer

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?![\w.,]*\d)")
ALIKE = 0.75  # how similar a word must be to count as the same word, misspelled
LONGEST_LABEL = 24


def spelling_of(run: Run, answers: Sequence[Answer]) -> Spelling:
    """How this run spells these lines. Whatever is exactly as it should be is not looked at."""
    usual = [_usual(answer) for answer in answers]
    own = [line for line in run.lines if line.text.strip() and not run.is_helper(line.process)]
    free = [line for line in own if not any(s.pattern.fullmatch(line.text) for s in usual)]
    found: list[Shape] = []
    for answer, shape in zip(answers, usual):
        if any(shape.pattern.fullmatch(line.text) for line in own):
            continue
        best = next(_candidates(run, free, answer, answers), None)
        if best is not None:
            line, learned = best
            free.remove(line)
            found.append(learned)
    return Spelling((*usual, *found))


def spelling_of_text(line: str, text: str) -> Spelling:
    """How this line spells a stored text: what comes before it, and quotes around it."""
    before, found, after = line.partition(text)
    if not found or len(before) > LONGEST_LABEL or re.search(r"\w", after):
        return Spelling()
    usual = "value: "
    if (before, after) == (usual, ""):
        return Spelling()
    # an empty text leaves a blank at the end, which is easily left out too
    first = re.escape(before.rstrip()) + r"\s?" if before.endswith(" ") else re.escape(before)
    pattern = re.compile(f"{first}(.*){re.escape(after)}", re.DOTALL)
    return Spelling((Shape(usual, pattern),))


def _start(answer: Answer) -> str:
    """What comes before the number: "child: "."""
    return answer.text[: answer.text.rindex(" ") + 1]


def _usual(answer: Answer) -> Shape:
    """The label as it should be; blanks around the number, or words behind it, do not matter."""
    words = re.escape(_start(answer).rstrip()).replace(r"\ ", r"\s+")
    return Shape(_start(answer), re.compile(rf"\s*{words}\s*([-+]?\d+)(?![.,]?\d)\D*"))


def _candidates(
    run: Run, lines: Sequence[Line], answer: Answer, answers: Sequence[Answer]
) -> Iterator[tuple[Line, Shape]]:
    """The lines that may be meant, the likeliest first, each with its shape."""
    wanted = int(answer.text.split()[-1])
    others = [other.label for other in answers if other is not answer]
    named = [line for line in lines if _names(line.text, answer.label)]
    for line in named:  # the label, and the right number somewhere
        yield from _with_number(line, answer, wanted)
    for line in named:  # the label and a sign, and then another number
        found = re.fullmatch(r"[^\d:=]*[:=]\s*([-+]?\d+)\D*", line.text)
        if found:
            yield line, _shape(line.text, found.span(1), answer)
    for line in lines:  # no label, but the right number, by the right process
        if any(_names(line.text, other) for other in others):
            continue
        if run.is_parent(line.process) == answer.by_parent and _after_the_forks(run, line):
            for _, shape in _with_number(line, answer, wanted):
                yield line, Shape(shape.start, shape.pattern, answer.by_parent)


def _after_the_forks(run: Run, line: Line) -> bool:
    return not run.forks or line.began > run.forks[0].began


def _with_number(line: Line, answer: Answer, wanted: int) -> Iterator[tuple[Line, Shape]]:
    """The line, if it shows the wanted number; the last such place is meant."""
    spans = [n.span() for n in NUMBER.finditer(line.text) if int(n[0]) == wanted]
    if spans:
        yield line, _shape(line.text, spans[-1], answer)


def _shape(text: str, span: tuple[int, int], answer: Answer) -> Shape:
    """Lines like this one: the same words, with any numbers, and the value at the same place."""
    before, after = _any_numbers(text[: span[0]]), _any_numbers(text[span[1] :])
    if re.search(r"[a-z]", text[: span[0]], re.IGNORECASE):
        after = ".*"  # "14 for 3 values", "1 for 1 value": the words before the number tell enough
    return Shape(_start(answer), re.compile(rf"{before}([-+]?\d+){after}"))


def _any_numbers(text: str) -> str:
    return r"[-+]?\d+".join(re.escape(part) for part in re.split(r"[-+]?\d+", text))


def _names(text: str, label: str) -> bool:
    """Does this line have the label's words, in order, perhaps in capitals or misspelled?"""
    words = iter(re.findall(r"[a-z]+", text.lower()))
    return all(any(_alike(word, wanted) for word in words) for wanted in label.split())


def _alike(word: str, wanted: str) -> bool:
    return word == wanted or SequenceMatcher(None, word, wanted).ratio() >= ALIKE
