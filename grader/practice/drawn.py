"""`show`: one run of a student's program, drawn on the terminal and as a page to open."""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from grader.base.text import visible
from grader.facts.command import command
from grader.facts.records import Run
from grader.judge.crash import killed_number
from grader.judge.output import KILLED
from grader.lines import Lines
from grader.picture import svg, text
from grader.picture.colors import PALETTE
from grader.picture.draw import draw
from grader.picture.model import Picture
from grader.practice.asked import Asked
from grader.practice.exercises import KIT, ExerciseFolder, Problem
from grader.practice.machine import Machine
from grader.practice.show import DIM, RED, Paper
from grader.practice.trial import build, check_exercise, foreign_segment, lay_sources, with_makefile

FENCE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
MOST = 9  # commands in one picture
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>Time runs down. {verdict}</p>
<div class="scroll" role="region" tabindex="0" aria-label="The picture">{picture}</div>
<h2>How to read it</h2>
{legend}
</main>
</body>
</html>
"""
STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--back);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.1rem; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 3px solid var(--link); }
.legend { display: grid; gap: 0.3rem;
  grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
.legend svg { vertical-align: middle; display: inline-block; }
"""


@dataclass(frozen=True)
class Shown:
    """What to print, and whether there was a program to draw."""

    text: str
    built: bool


def show(place: ExerciseFolder, want: Asked, own_world: bool, paper: Paper) -> Shown:
    """Build the program, run it as its page does or with these arguments, and draw that."""
    if place.exercise.is_functions:
        raise Problem(f"{place.id} has no program to run; see it at work in the next exercise")
    page = place.folder.parent / "build" / f"show-{place.id}.html"
    with with_makefile(place) as whole:
        return _show(whole, page, want, own_world, paper)


def _show(place: ExerciseFolder, page: Path, want: Asked, own_world: bool, paper: Paper) -> Shown:
    root = place.folder.parent
    built, said = build(root, place.program)
    if not built:
        return Shown("\n".join([*said, "", "It does not compile: nothing to draw yet.", ""]), False)
    trouble = "" if own_world else foreign_segment(place)
    if trouble:
        raise Problem(trouble)
    asked = examples(place) if want.args is None else parsed(want.args)
    with tempfile.TemporaryDirectory(prefix="show-") as name:
        lay_sources(place, Path(name))
        machine = Machine(root / place.program, Path(name))
        runs = machine.run(
            [
                command(
                    *words, stdout="terminal", schedule=want.order, fail=want.fail, content=True
                )
                for words in asked
            ]
        )
    finder = Lines((root / place.program).read_bytes, place.sources)
    known = [finder.of_run(run) for run in runs]
    picture = draw(runs, place.exercise, expected(place, runs), known)
    page.parent.mkdir(exist_ok=True)
    page.write_text(page_of(picture), encoding="utf-8")
    drawn = text.text(picture, lambda t: paper.ink(t, RED), lambda t: paper.ink(t, DIM))
    lines = [
        drawn,
        want.missed(runs) or verdict(picture, runs, place, own_world),
        f"As a page: {'/'.join(page.parts[-2:])}",
        "",
    ]
    return Shown("\n".join(lines), True)


def verdict(picture: Picture, runs: Sequence[Run], place: ExerciseFolder, own_world: bool) -> str:
    """What the whole picture says. Never that all is well while a public check fails."""
    count = sum(bool(row.wrong) for row in picture.rows)
    if count:
        problems = "1 problem" if count == 1 else f"{count} problems"
        return f"{problems}, marked with ✗."
    taken = [run for run in runs if takes(place, run)]
    if taken and not any(
        run.forks or any(c.name[:3] == "shm" for c in run.all_calls) for run in runs
    ):
        return "Your program doesn't fork or use shared memory yet."
    outcome = check_exercise(place, own_world)
    failed = len(outcome.checks) - outcome.passed
    if outcome.trouble or not outcome.checks or not failed:
        return "Nothing in this picture is wrong."
    checks = f"{failed} of {len(outcome.checks)} public checks"
    fails = "fails" if failed == 1 else "fail"
    return f"Nothing is marked in this picture, but {checks} {fails}: make check EX={place.number}"


def expected(place: ExerciseFolder, runs: Sequence[Run]) -> list[str]:
    """The lines that the only run should print, so far as its arguments decide them."""
    exercise = place.exercise
    if len(runs) != 1 or runs[0].faults_met or exercise.is_commands or not takes(place, runs[0]):
        return []
    args = [int(word) for word in runs[0].command[1:]]
    lines = [f"{line.start} {line.value(args)}" for line in exercise.lines if line.value]
    return [*lines, f"{KILLED} {killed_number(runs[0])}"] if exercise.child_crashes else lines


def takes(place: ExerciseFolder, run: Run) -> bool:
    """Are the arguments of this run right?"""
    return place.exercise.takes(run.command[1:])


def page_of(picture: Picture) -> str:
    """The picture as a single offline file, light and dark."""
    style = PALETTE + STYLE + svg.STYLE
    said = "✗ marks what is wrong." if picture.is_wrong else ""
    return PAGE.format(
        title=escape(visible(picture.title)),
        style=style,
        verdict=said,
        picture=svg.svg(picture, "run"),
        legend=svg.legend(),
    )


def examples(place: ExerciseFolder) -> list[list[str]]:
    """The arguments that the exercise's page shows the program with."""
    page = KIT / "assignment" / place.id / "README.md"
    try:
        fence = FENCE.search(page.read_text(encoding="utf-8"))
    except OSError:
        fence = None
    begin = f"$ ./{place.program}"
    lines = fence[1].splitlines() if fence else []
    shown = [shlex.split(line.removeprefix(begin)) for line in lines if line.startswith(begin)]
    if not shown:
        raise Problem(f'{page.name} shows no run of {place.program}: add ARGS="..."')
    return shown[:MOST] if place.exercise.is_commands else shown[:1]


def parsed(args: str) -> list[list[str]]:
    """Words as a shell reads them; a ; starts the next command in the same series."""
    lexer = shlex.shlex(args, posix=True, punctuation_chars=";")
    lexer.whitespace_split = True
    lexer.commenters = ""
    commands: list[list[str]] = [[]]
    try:
        for word in lexer:
            if word == ";":
                commands.append([])
            else:
                commands[-1].append(word)
    except ValueError as error:
        raise Problem(f"ARGS can't be read: {error}") from None
    if len(commands) > MOST:
        raise Problem(f"{len(commands)} commands don't fit in one picture: at most {MOST}")
    return commands
