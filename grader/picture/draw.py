"""From the facts of a run to its picture. Pure: the same facts give the same picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.base.exercise import Exercise
from grader.base.text import cut, visible
from grader.facts.records import WNOHANG, Call, Content, Moment, Poke, Run, Signal
from grader.judge.functions import TAKES
from grader.judge.narrate import describe_call, how_ended, quoted, signal_name
from grader.picture import model
from grader.picture.model import PROCESS, SEGMENT, Lane, Picture, Row
from grader.picture.spans import spans_of
from grader.picture.titles import lane_names, title_of
from grader.picture.values import change_of
from grader.picture.wrong import Wrongs, joined, wrongs

MOST_PROCESSES = 10
MOST_THINGS = 3  # segments, sets and queues together
MOST_ROWS = 44
TEXT_LENGTH = 160
LINE_LENGTH = 40
LINELESS = (model.END, model.GAP, model.GRADER, model.CHANGE)  # the student's source did not do it
LAST = 2**62  # after everything that happened

FORKS = ("fork", "vfork", "clone")
KINDS = {"shmat": model.ATTACH, "shmdt": model.DETACH, "wait": model.WAIT}
SHARED = ("shmget", "shmat", "shmdt", "shmctl")
OBJECTS = ("semget", "semop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl")
TOLD = (*FORKS, "wait", *SHARED, *OBJECTS)
GETS = ("shmget", "semget", "msgget")


@dataclass(frozen=True)
class Actor:
    """Who a lane belongs to: process N of run R, or segment, set or queue N (over all runs)."""

    kind: str
    number: int
    run: int = 0


@dataclass(frozen=True)
class Happening:
    """A row before it has its place."""

    when: tuple[int, int]  # run, seq
    who: Actor
    kind: str
    text: str
    arrow: tuple[Actor, Actor] | None = None
    wrong: str = ""
    at: int = 0  # the event that has its line, if that is not the one that `when` names


def draw(
    runs: Run | Sequence[Run],
    exercise: Exercise,
    asked: Sequence[str] = (),
    lines: Sequence[Mapping[int, str]] = (),
) -> Picture:
    """The picture of one run, or of the runs of a series."""
    every = [runs] if isinstance(runs, Run) else list(runs)
    found = [wrongs(run, exercise, asked) for run in every]
    happened = [
        entry
        for place, run in enumerate(every)
        for entry in sorted(_happened(run, place, exercise, found[place]), key=lambda e: e.when)
    ]
    happened += _still_there(every, found)
    actors, missing = _chosen(every, happened)
    rows = _shortened([entry for entry in happened if entry.who in actors], missing)
    places = {actor: place for place, actor in enumerate(actors)}
    lanes = tuple(_lane(every, actor, rows, exercise) for actor in actors)
    return Picture(
        cut(visible(title_of(every, exercise)), TEXT_LENGTH),
        lanes,
        tuple(_row(entry, places, lines) for entry in rows),
        tuple(
            span
            for place, run in enumerate(every)
            for span in spans_of(run, place, [entry.when for entry in rows], lanes, _finder(places))
        ),
    )


def _finder(places: dict[Actor, int]) -> dict[tuple[str, int, int], int]:
    return {(actor.kind, actor.number, actor.run): place for actor, place in places.items()}


def _row(entry: Happening, places: dict[Actor, int], lines: Sequence[Mapping[int, str]]) -> Row:
    arrow = None
    if entry.arrow and entry.arrow[0] in places and entry.arrow[1] in places:
        arrow = (places[entry.arrow[0]], places[entry.arrow[1]])
    text, wrong = (cut(visible(t), TEXT_LENGTH) for t in (entry.text, entry.wrong))
    run, seq = entry.when
    known = lines[run] if run < len(lines) and entry.kind not in LINELESS else {}
    line = known.get(entry.at or seq, "")
    return Row(places[entry.who], entry.kind, text, arrow, wrong, cut(visible(line), LINE_LENGTH))


# ---- what happened


def _happened(run: Run, place: int, exercise: Exercise, found: Wrongs) -> Iterator[Happening]:
    yield from _calls(run, place, found)
    yield from _printed(run, place, exercise, found)
    for event in run.events:
        yield from _other(run, place, event, exercise)
    for process in run.processes:
        if process.is_thread:
            continue
        actor = Actor(PROCESS, process.number, place)
        wrong = joined(found.ends.get(process.number))
        if process.ended is not None and process.end is not None:
            text = how_ended(process)
            yield Happening((place, process.ended), actor, model.END, text, wrong=wrong)
        elif wrong:
            text = process.doing or "is still running"
            yield Happening((place, LAST), actor, model.OTHER, text, wrong=wrong)
    if run.hit_a_limit:
        text = run.detail or f"stopped: {run.verdict}"
        parent = Actor(PROCESS, 1, place)
        yield Happening((place, LAST), parent, model.GRADER, text, wrong="it had to be killed")


def _calls(run: Run, place: int, found: Wrongs) -> Iterator[Happening]:
    for call in run.all_calls:
        polling = call.name == "wait" and call.options & WNOHANG and call.child is None
        wrong = joined(found.calls.get(call.seq))
        if call.thread or (polling and not wrong) or (call.name not in TOLD and not wrong):
            continue
        actor = Actor(PROCESS, run.owner(call.process), place)
        target = _target(run, call, place)
        arrow = (actor, target) if target else None
        when, kind = call.seq, KINDS.get(call.name, model.OTHER)
        if call.name in FORKS:
            kind = model.FORK
            when = run.process(call.child).born if call.child else call.seq
        elif call.name in GETS:
            kind = model.CREATE if call.created else model.ACCESS
        elif call.name.endswith("ctl") and call.command == "IPC_RMID":
            kind = model.REMOVE
        elif (kind == model.WAIT or call.name == "msgrcv") and target:
            arrow = (target, actor)
        if call.error is not None:
            kind = model.FAILED
        if kind == model.WAIT and call.began < call.seq:
            yield Happening((place, call.began), actor, model.WAIT, "waits …", at=call.seq)
        text = describe_call(call)
        yield Happening((place, when), actor, kind, text, arrow, wrong, at=call.seq)


def _target(run: Run, call: Call, place: int) -> Actor | None:
    """What a call reaches: the child, the segment, the set or the queue."""
    if call.error is not None:
        return None
    if call.child is not None:
        return Actor(PROCESS, call.child, place)
    if call.object is not None:
        return Actor(call.object_kind, call.object)
    return Actor(SEGMENT, call.segment) if call.segment is not None else None


def _printed(run: Run, place: int, exercise: Exercise, found: Wrongs) -> Iterator[Happening]:
    for index, line in enumerate(run.lines):
        if (
            not line.text.strip()
            or not line.process
            or run.is_helper(line.process)
            or (exercise.is_functions and _handed(line.text))
        ):
            continue
        actor = Actor(PROCESS, run.owner(line.process), place)
        wrong = joined(found.lines.get(index))
        text = f"printed {quoted(line.text)}"
        yield Happening((place, line.seq), actor, model.PRINT, text, wrong=wrong)
    begun: dict[int, str] = {}
    for write in run.writes("stderr"):
        text = begun.pop(write.process, "") + write.text
        if not text.endswith("\n"):
            begun[write.process] = text
            continue
        actor = Actor(PROCESS, run.owner(write.process), place)
        for said in filter(str.strip, text.splitlines()):
            text = f'wrote to stderr "{cut(said, 60)}"'
            yield Happening((place, write.seq), actor, model.PRINT, text)


def _handed(text: str) -> bool:
    """A line in which the driver of segment.c reports a result."""
    words = text.split()
    return len(words) == 5 and words[1] in TAKES


def _other(run: Run, place: int, event: object, exercise: Exercise) -> Iterator[Happening]:
    if isinstance(event, Signal):
        actor = Actor(PROCESS, run.owner(event.process), place)
        text = f"got signal {signal_name(event.signal)}"
        if event.replaced_by is not None:
            text += f", which the grader replaced by {signal_name(event.replaced_by)}"
        yield Happening((place, event.seq), actor, model.SIGNAL, text)
    elif isinstance(event, Poke) and event.found == 1 and event.segment is not None:
        segment = Actor(SEGMENT, event.segment)
        text = "The grader changes the value in the segment."
        yield Happening((place, event.seq), segment, model.GRADER, text)
    elif isinstance(event, Content) and event.changed and event.when != "poke":
        text = change_of(run, event, as_text=exercise.is_commands)
        segment = Actor(SEGMENT, event.segment)
        if event.author is None:
            yield Happening((place, event.seq), segment, model.CHANGE, text)
        else:
            author = Actor(PROCESS, run.owner(event.author), place)
            arrow = (author, segment)
            yield Happening((place, event.seq), author, model.CHANGE, text, arrow)
    elif isinstance(event, Moment) and event.kind == "limit":
        actor = Actor(PROCESS, run.owner(event.process or 1), place)
        yield Happening((place, event.seq), actor, model.OTHER, f"hit the limit: {event.text}")


def _still_there(runs: Sequence[Run], found: Sequence[Wrongs]) -> Iterator[Happening]:
    text = "still there after the program ended"
    for place, wrong in enumerate(found):
        for (kind, named), why in wrong.objects.items():
            yield Happening((place, LAST), Actor(kind, named), model.OTHER, text, wrong=why)
        for number, why in wrong.segments.items():
            if runs[place].segment(number).left:
                yield Happening((place, LAST), Actor(SEGMENT, number), model.OTHER, text, wrong=why)


# ---- what there is room for


def _chosen(runs: Sequence[Run], happened: Sequence[Happening]) -> tuple[list[Actor], int]:
    """The lanes: those where something is wrong first, then in order; and how many are missing."""
    processes = [
        Actor(PROCESS, process.number, place)
        for place, run in enumerate(runs)
        for process in run.processes
        if not process.is_thread
    ]
    seen = {entry.who for entry in happened} | {e for h in happened if h.arrow for e in h.arrow}
    things = sorted((a for a in seen if a.kind != PROCESS), key=lambda a: (a.kind, a.number))
    bad = {entry.who for entry in happened if entry.wrong}
    urgent = sorted(processes, key=lambda a: (a.number != 1, a not in bad))[:MOST_PROCESSES]
    shown = sorted(things, key=lambda a: a not in bad)[:MOST_THINGS]
    lanes = [a for a in processes if a in urgent] + [a for a in things if a in shown]
    return lanes, len(processes) - len(urgent)


def _shortened(entries: Sequence[Happening], missing: int) -> list[Happening]:
    """At most MOST_ROWS: what is wrong, how it begins and how it ends; gaps are marked."""
    left = MOST_ROWS - sum(bool(entry.wrong) for entry in entries)
    kept = list(entries)
    if len(entries) > MOST_ROWS:
        half = max(left // 2, 4)
        last = len(entries) - half
        kept = []
        skipped = 0
        wrong = 0
        for place, entry in enumerate(entries):
            wrong += bool(entry.wrong)
            if half <= place < last and (not entry.wrong or wrong > MOST_ROWS // 2):
                skipped += 1
                continue
            if skipped:
                kept.append(_gap(entry, f"… {skipped} more …"))
                skipped = 0
            kept.append(entry)
    if missing and kept:
        more = "1 more process is" if missing == 1 else f"{missing} more processes are"
        kept.append(_gap(kept[-1], f"… {more} not drawn …"))
    return kept


def _gap(before: Happening, text: str) -> Happening:
    return replace(before, kind=model.GAP, text=text, arrow=None, wrong="")


def _lane(runs: Sequence[Run], actor: Actor, rows: Sequence[Happening], exercise: Exercise) -> Lane:
    """From where it begins to where it ends, in rows."""
    last = max(len(rows) - 1, 0)
    begin, end = _life(runs, actor)
    name, label = lane_names(runs, actor.kind, actor.number, actor.run, exercise)
    first = next((i for i, row in enumerate(rows) if begin is None or row.when >= begin), last)
    final = next((i for i in range(last, -1, -1) if end and rows[i].when <= end), last)
    return Lane(actor.kind, visible(name), label, first, max(first, final), end is None)


def _life(
    runs: Sequence[Run], actor: Actor
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """When a lane's own began and ended; None where that lies outside of the runs."""
    if actor.kind == PROCESS:
        process = runs[actor.run].process(actor.number)
        begin = None if actor.number == 1 and actor.run == 0 else (actor.run, process.born)
        return begin, None if process.ended is None else (actor.run, process.ended)
    begin = end = None
    for place, run in enumerate(runs):
        for call in (call for name in GETS for call in run.calls(name, ok=True)):
            if call.created and _target(run, call, place) == actor:
                begin = (place, call.seq)
        for found in run.objects:
            if (found.kind, found.number) == (actor.kind, actor.number) and found.removed:
                end = (place, found.removed)
        for segment in run.segments if actor.kind == SEGMENT else ():
            if segment.number == actor.number and segment.removed is not None:
                end = (place, segment.removed)
    return begin, end
