"""How each process ended: code, signal, and the address of the access that killed it."""

from __future__ import annotations

import signal

import pytest

from tests.witness.observed import PROGRAMS, program, watch


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_an_exit_code_is_told_and_reaches_the_waiter(code: int) -> None:
    run = watch(program("ends", "exit", code))
    child = run.process(2)
    assert (child["end"], child["code"]) == ("exit", code)
    assert run.call("wait")["status"] == code << 8
    assert run.stdout == f"child ended with {code}\n"


@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGRTMIN]
)
def test_a_signal_that_ends_is_told_and_reaches_the_waiter(number: int) -> None:
    run = watch(program("ends", "signal", int(number)))
    child = run.process(2)
    assert (child["end"], child["signal"]) == ("signal", number)
    assert run.call("wait")["status"] & 0x7F == number
    assert run.stdout == f"child killed by signal {int(number)}\n"


def test_an_exit_by_a_thread_ends_the_process() -> None:
    run = watch(program("ends", "group", 9))
    assert (run.process(2)["end"], run.process(2)["code"]) == ("exit", 9)


def test_the_status_of_the_first_process_is_told() -> None:
    run = watch(program("generations"))
    assert [each["code"] for each in run.processes] == [10, 11, 12]


def test_a_write_to_a_read_only_segment_has_its_address() -> None:
    run = watch(program("fault_read_only"))
    attached = run.call("shmat", process=2)
    fault = run.process(2)["fault"]
    assert fault["address"] == attached["result"]
    assert fault["segment"] == attached["segment"] == run.segment()["number"]
    assert fault["write_denied"] and fault["read_only"]
    (told,) = run.events("signal", process=2)
    assert (told["signal"], told["from"]) == (signal.SIGSEGV, "kernel")


@pytest.mark.parametrize("how", ["jump", "closed"])
def test_a_jump_or_a_read_is_no_denied_write(how: str) -> None:
    fault = watch(program("fault_read_only", how)).process(2)["fault"]
    assert fault["segment"] is not None
    assert not fault["write_denied"]


@pytest.mark.parametrize("call", ["wait", "waitid"])
@pytest.mark.parametrize("signal_number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_wait_tells_of_a_core_where_it_is_asked_to(call: str, signal_number: int) -> None:
    dumped = watch(program("core_told", call, signal_number), "--core")
    assert dumped.stdout == f"signal {signal_number}, core 1\n"
    plain = watch(program("core_told", call, signal_number))
    assert plain.stdout == f"signal {signal_number}, core 0\n"


@pytest.mark.parametrize("call", ["wait", "waitid"])
def test_an_exit_has_no_core(call: str) -> None:
    assert watch(program("core_told", call, 0), "--core").stdout == "exit 7\n"


def test_a_null_pointer_lies_in_no_segment() -> None:
    fault = watch(program("fault_null")).process(2)["fault"]
    assert (int(fault["address"], 16), fault["segment"]) == (8, None)
    assert not fault["read_only"]


@pytest.mark.parametrize(
    "call", ["kill", "raise", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"]
)
def test_a_forged_fault_comes_from_a_process(call: str) -> None:
    run = watch(program("fault_forged", call))
    child = run.process(2)
    assert (child["end"], child["signal"]) == ("signal", signal.SIGSEGV)
    assert child["fault"] is None
    (told,) = run.events("signal", process=2)
    assert (told["from"], told["sender"]) == ("process", 2)


def test_a_forged_fault_does_not_hide_behind_a_real_one() -> None:
    run = watch(program("fault_forged", "behind-a-fault"))
    child = run.process(2)
    assert (child["end"], child["signal"]) == ("signal", signal.SIGSEGV)
    assert child["fault"] is None


def test_a_program_that_is_not_there_is_named() -> None:
    run = watch([str(PROGRAMS / "no-such-program")])
    assert run["verdict"] == "fault"
    assert "no-such-program" in run["detail"]


def test_wall_and_processor_time_and_memory_are_told() -> None:
    run = watch(program("copies"))
    assert run["wall_us"] > 0 and run["max_rss_kb"] > 0
    assert all(each["max_rss_kb"] > 0 for each in run.processes)
