"""The students' dev container, as far as it can be looked at without its image."""

from __future__ import annotations

import pytest

from tests.machines.dockerfile import FILE, base, commands, series

TEXT = """\
# RUN nothing
FROM registry.example/devcontainers/base:ubuntu-24.04

RUN apt-get update \\
    # a remark
    && apt-get install -y \\
        gcc make
RUN true
"""
TABLE = "version,codename,series\n24.04 LTS,Noble Numbat,noble\n13,Trixie,trixie\n,Sid,sid\n"


def test_the_commands_of_run() -> None:
    assert commands(TEXT) == ["apt-get update && apt-get install -y gcc make", "true"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("x/base:ubuntu-24.04", ("ubuntu", "24.04")),
        ("x/base:debian-13", ("debian", "13")),
        ("debian:trixie", ("debian", "trixie")),
    ],
)
def test_the_release_of_an_image(name: str, found: tuple[str, str]) -> None:
    assert base(f"FROM {'' if '/' in name else 'docker.example/'}{name}\n") == found


def test_an_image_of_another_system_is_an_error() -> None:
    with pytest.raises(ValueError, match="names no release"):
        base("FROM alpine:3\n")


def test_a_version_is_a_series() -> None:
    assert series(TABLE, "24.04") == "noble"
    assert series(TABLE, "13") == series(TABLE, "trixie") == "trixie"
    with pytest.raises(ValueError, match="wobbly"):
        series(TABLE, "wobbly")


def test_the_container_is_native_and_has_what_students_type() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert not any("--platform" in line for line in text.splitlines() if line.startswith("FROM"))
    assert base(text)[0] in ("debian", "ubuntu")
    words = " ".join(commands(text)).split()
    assert {"gcc", "libc6-dev", "make", "python3", "libcriterion-dev", "valgrind"} <= set(words)
    assert {"strace", "gdb", "util-linux"} <= set(words)
