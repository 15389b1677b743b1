"""Reads witness's JSON: the only place that knows the names of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from grader.facts.helpers import without_helpers
from grader.facts.records import (
    Call,
    Content,
    Event,
    FactsError,
    Granted,
    IpcObject,
    Json,
    Leftovers,
    LeftObject,
    Limits,
    Made,
    MemoryFault,
    Moment,
    Order,
    Poke,
    Process,
    Run,
    Segment,
    Shortage,
    Signal,
    Stream,
    Write,
)

Item = TypeVar("Item")


def read_run(facts: Json) -> Run:
    """The run with its helpers set apart."""
    return without_helpers(read_whole_run(facts))


def read_whole_run(facts: Json) -> Run:
    """The run with all processes in it, whatever program each of them runs."""
    if facts.get("schema") != "witness/v1":
        raise FactsError(f"these are no facts of witness: schema {facts.get('schema')!r}")
    processes = _list(facts, "processes", _process)
    if not processes or processes[0].number != 1:
        raise FactsError("the facts name no first process")
    options, events = _object(facts, "options"), _list(facts, "events", _event)
    segments = _list(facts, "segments", _segment)
    return Run(
        command=_strings(facts, "command"),
        options=options,
        verdict=_text(facts, "verdict"),
        detail=_text(facts, "detail", ""),
        trusted=_flag(facts, "trusted", True),
        distrust=_strings(facts, "distrust"),
        stdout=_stream(_object(facts, "stdout")),
        stderr=_stream(_object(facts, "stderr")),
        processes=processes,
        segments=_as_asked(segments, events) if options.get("owner_mode") else segments,
        leftovers=_leftovers(_object(facts, "leftovers")),
        events=events,
        limits=_limits(_object(options, "limits")),
        shortages=_list(facts, "shortages", _shortage),
        objects=_list(facts, "objects", _object_of_ipc),
        order=_order(_object(facts, "order")) if "order" in facts else None,
        made=_made(_object(facts, "made")),
        machine={n: v for n, v in _object(facts, "machine").items() if isinstance(v, int)},
        wall_us=_number(facts, "wall_us", 0),
        used_us=_number(facts, "used_us", 0),
        cpu_us=_number(facts, "cpu_us", 0),
        max_rss_kb=_number(facts, "max_rss_kb", 0),
        stacks=_list(facts, "stacks", _as_it_is),
    )


def _as_asked(segments: tuple[Segment, ...], events: tuple[Event, ...]) -> tuple[Segment, ...]:
    """The mode of each new segment as the program asked for it, not as witness made it."""
    made = [call for call in events if isinstance(call, Call) and call.created]
    asked = {call.segment: call.flags & 0o777 for call in made if call.segment is not None}
    return tuple(replace(each, mode=asked.get(each.number, each.mode)) for each in segments)


def _order(item: Json) -> Order:
    return Order(
        _number(item, "number"),
        _number(item, "tried"),
        _number(item, "left"),
        _flag(item, "last", True),
    )


def _stream(item: Json) -> Stream:
    return Stream(_number(item, "bytes", 0), _text(item, "text", ""))


def _process(item: Json) -> Process:
    fault = item.get("fault")
    return Process(
        number=_number(item, "number"),
        parent=_number(item, "parent", 0),
        how=_text(item, "how"),
        shares_memory=_flag(item, "shares_memory"),
        born=_number(item, "born", 0),
        ended=_maybe_number(item, "ended"),
        end=_maybe_text(item, "end"),
        code=_number(item, "code", 0),
        signal=_number(item, "signal", 0),
        fault=_fault(fault) if isinstance(fault, Mapping) else None,
        reaped=_maybe_number(item, "reaped"),
        reaped_by=_maybe_number(item, "reaped_by"),
        outlived_parent=_flag(item, "outlived_parent"),
        doing=_maybe_text(item, "doing") or "",
    )


def _fault(item: Json) -> MemoryFault:
    return MemoryFault(
        address=_text(item, "address", "0x0"),
        write_denied=_flag(item, "write_denied"),
        segment=_maybe_number(item, "segment"),
        read_only=_flag(item, "read_only"),
    )


def _segment(item: Json) -> Segment:
    return Segment(
        number=_number(item, "number"),
        id=_number(item, "id"),
        key=_number(item, "key"),
        size=_number(item, "size"),
        mode=_number(item, "mode"),
        creator=_maybe_number(item, "creator"),
        created=_maybe_number(item, "created"),
        preexisting=_flag(item, "preexisting"),
        removed=_maybe_number(item, "removed"),
        removed_by=_maybe_number(item, "removed_by"),
        left=_flag(item, "left"),
    )


def _object_of_ipc(item: Json) -> IpcObject:
    return IpcObject(
        kind=_text(item, "kind"),
        number=_number(item, "number"),
        id=_number(item, "id"),
        key=_number(item, "key"),
        creator=_maybe_number(item, "creator"),
        created=_maybe_number(item, "created"),
        removed=_maybe_number(item, "removed"),
        removed_by=_maybe_number(item, "removed_by"),
        left=_flag(item, "left"),
    )


def _made(item: Json) -> Made:
    return Made(_maybe_number(item, "processes"), _maybe_number(item, "segments"))


def _left_object(item: Json) -> LeftObject:
    return LeftObject(_text(item, "kind"), _number(item, "number"), _number(item, "by"))


def _leftovers(item: Json) -> Leftovers:
    return Leftovers(
        segments=_numbers(item, "segments"),
        processes=_numbers(item, "processes"),
        semaphores=_number(item, "semaphores", 0),
        message_queues=_number(item, "message_queues", 0),
        objects=_list(item, "objects", _left_object),
        posix_shm=_strings(item, "posix_shm"),
        posix_queues=_strings(item, "posix_queues"),
        files=_strings(item, "files"),
    )


def _limits(item: Json) -> Limits:
    usual = Limits()
    return Limits(
        processes=_number(item, "processes", usual.processes),
        memory=_number(item, "memory", usual.memory),
        segments=_number(item, "segments", usual.segments),
        open_files=_number(item, "open_files", usual.open_files),
    )


def _shortage(item: Json) -> Shortage:
    granted = _object(item, "granted")
    return Shortage(
        seq=_number(item, "seq"),
        process=_number(item, "process"),
        call=_text(item, "call"),
        error=_text(item, "error"),
        own_limits=_flag(item, "own_limits"),
        own_arguments=_flag(item, "own_arguments"),
        size=_number(item, "size", 0),
        tasks=_number(item, "tasks", 0),
        private_memory=_number(item, "private_memory", 0),
        address_space=_number(item, "address_space", 0),
        segments=_number(item, "segments", 0),
        segment_bytes=_number(item, "segment_bytes", 0),
        granted=Granted(
            processes=_maybe_number(granted, "processes"),
            address_space=_maybe_number(granted, "address_space"),
            private_memory=_maybe_number(granted, "private_memory"),
            open_files=_maybe_number(granted, "open_files"),
        ),
    )


def _event(item: Json) -> Event:
    seq, process, kind = _number(item, "seq"), _number(item, "process", 0), _text(item, "kind")
    if kind == "call":
        return _call(item, seq, process)
    if kind == "write":
        return Write(
            seq, process, _text(item, "stream"), _text(item, "text"), _number(item, "began", seq)
        )
    if kind == "signal":
        return Signal(
            seq,
            process,
            _number(item, "signal"),
            _maybe_number(item, "sender"),
            item.get("from") == "kernel",
            _maybe_number(item, "replaced_by"),
        )
    if kind == "content":
        return Content(
            seq,
            process,
            _number(item, "segment"),
            _text(item, "when", ""),
            bytes.fromhex(_text(item, "bytes", "")),
            _maybe_number(item, "author"),
            _ranges(item),
            _pieces(item),
        )
    if kind == "poke":
        return Poke(
            seq,
            process,
            _number(item, "found"),
            _number(item, "changed"),
            _maybe_number(item, "segment"),
            _maybe_number(item, "offset"),
            _maybe_number(item, "old"),
            _maybe_number(item, "new"),
        )
    text = _maybe_text(item, "why") or _maybe_text(item, "limit") or ""
    return Moment(seq, process, kind, text)


def _call(item: Json, seq: int, process: int) -> Call:
    result = item.get("result")
    return Call(
        seq=seq,
        process=process,
        name=_text(item, "call"),
        began=_number(item, "began", seq),
        result=result if isinstance(result, (int, str)) else None,
        error=_maybe_text(item, "error"),
        injected=_flag(item, "injected"),
        refused=_flag(item, "refused"),
        child=_maybe_number(item, "child"),
        shares_memory=_flag(item, "shares_memory"),
        thread=_flag(item, "thread"),
        segment=_maybe_number(item, "segment"),
        key=_maybe_number(item, "key"),
        size=_maybe_number(item, "size"),
        flags=_number(item, "flags", 0),
        created=_flag(item, "created"),
        id=_maybe_number(item, "id"),
        address=_maybe_text(item, "address"),
        command=_maybe_text(item, "command"),
        pid=_maybe_number(item, "pid"),
        options=_number(item, "options", 0),
        status=_maybe_number(item, "status"),
        target=_maybe_number(item, "target"),
        signal=_maybe_number(item, "signal"),
        ms=_maybe_number(item, "ms"),
        object=_maybe_number(item, "set" if "set" in item else "queue"),
        operations=_operations(item),
        semaphore=_maybe_number(item, "semaphore"),
        value=_maybe_number(item, "value"),
        type=_number(item, "type", 0),
        descriptors=_numbers(item, "descriptors"),
        itself=_flag(item, "itself"),
        file=_text(item, "file", ""),
        arguments=_strings(item, "arguments"),
        released=_numbers(item, "released"),
        times=_number(item, "times", 1),
        last=_number(item, "last", seq),
    )


def _ranges(item: Json) -> tuple[tuple[int, int], ...]:
    found = item.get("changed", [])
    if not isinstance(found, Sequence):
        raise FactsError("changed is no list")
    return tuple((int(pair[0]), int(pair[1])) for pair in found)


def _operations(item: Json) -> tuple[tuple[int, int], ...]:
    found = item.get("operations", [])
    if not isinstance(found, Sequence):
        raise FactsError("operations is no list")
    return tuple((int(each[0]), int(each[1])) for each in found)


def _pieces(item: Json) -> tuple[tuple[int, bytes], ...]:
    found = item.get("further", [])
    if not isinstance(found, Sequence):
        raise FactsError("further is no list")
    return tuple((int(piece[0]), bytes.fromhex(str(piece[1]))) for piece in found)


def _object(item: Json, name: str) -> Json:
    value = item.get(name, {})
    if not isinstance(value, Mapping):
        raise FactsError(f"{name} is no object")
    return value


def _as_it_is(item: object) -> object:
    return item


def _list(item: Json, name: str, read: Callable[[Json], Item]) -> tuple[Item, ...]:
    value = item.get(name, [])
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise FactsError(f"{name} is no list")
    return tuple(read(entry) for entry in value)


def _strings(item: Json, name: str) -> tuple[str, ...]:
    value = item.get(name, [])
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise FactsError(f"{name} is no list")
    return tuple(str(entry) for entry in value)


def _numbers(item: Json, name: str) -> tuple[int, ...]:
    value = item.get(name, [])
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise FactsError(f"{name} is no list")
    return tuple(int(entry) for entry in value)


def _number(item: Json, name: str, default: int | None = None) -> int:
    value = item.get(name, default)
    if value is None:
        value = default
    if not isinstance(value, int):
        raise FactsError(f"{name} is no number")
    return int(value)


def _maybe_number(item: Json, name: str) -> int | None:
    value = item.get(name)
    return int(value) if isinstance(value, int) else None


def _text(item: Json, name: str, default: str | None = None) -> str:
    value = item.get(name, default)
    if not isinstance(value, str):
        raise FactsError(f"{name} is no text")
    return value


def _maybe_text(item: Json, name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) else None


def _flag(item: Json, name: str, default: bool = False) -> bool:
    return bool(item.get(name, default))
