"""A machine that refuses a system call, made with a seccomp filter of our own: a call fails with an
errno, for a child and all that it starts, as in a container or under an emulator without it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Callable

import pytest

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF_LD+W+ABS, BPF_JMP+JEQ+K, BPF_RET
NUMBER, FIRST_ARGUMENT = 0, 16  # where they stand in struct seccomp_data
NUMBERS = {
    "x86_64": {"ptrace": 101, "seccomp": 317, "memfd_create": 319},
    "aarch64": {"ptrace": 117, "seccomp": 277, "memfd_create": 279},
}
CALLS = NUMBERS.get(platform.machine(), {})
known_machine = pytest.mark.skipif(not CALLS, reason="the numbers of the calls are not known")


def denying(call: str, error: int, first: int | None = None) -> Callable[[], None]:
    """What a child calls before exec, to live without this call: with `first`, only where its first
    argument is that.
    """
    lines = [(LOAD, 0, 0, NUMBER)]
    lines += [(EQUAL, 0, 1 if first is None else 3, CALLS[call])]
    if first is not None:
        lines += [(LOAD, 0, 0, FIRST_ARGUMENT), (EQUAL, 0, 1, first)]
    lines += [(RETURN, 0, 0, ERRNO | error), (RETURN, 0, 0, ALLOW)]
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    header = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None)

    def apply() -> None:
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0):
            os._exit(99)
        assert buffer

    return apply
