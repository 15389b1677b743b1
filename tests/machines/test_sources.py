"""The machine's package sources, in both of apt's formats, and what they become elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.machines import host
from tests.machines.sources import (
    Source,
    for_release,
    parse_deb822,
    parse_list,
    parse_os_release,
    released,
    releases_of,
    rendered,
)

ONE_LINE = """\
# deb http://mirror.example/debian old main
deb http://mirror.example/debian bookworm main contrib # the mirror
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/a.gpg] https://other.example/apt tools main
  deb http://mirror.example/security bookworm-security main
deb http://mirror.example/flat ./
"""
DEB822 = """\
Types: deb deb-src
# a remark
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main non-free
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF

Types: deb
URIs: http://one.example/ http://two.example/
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/
Suites: bookworm
Components: main

Types: deb-src
URIs: http://src.example/
Suites: bookworm
Components: main
"""
MIRROR = "http://mirror.example/debian"


def test_one_line_format() -> None:
    assert parse_list(ONE_LINE) == [
        Source(MIRROR, "bookworm", ("main", "contrib")),
        Source("https://other.example/apt", "tools", ("main",)),
        Source("http://mirror.example/security", "bookworm-security", ("main",)),
        Source("http://mirror.example/flat", "./", ()),
    ]


def test_deb822_format() -> None:
    assert parse_deb822(DEB822) == [
        Source(MIRROR, "bookworm", ("main", "non-free")),
        Source(MIRROR, "bookworm-updates", ("main", "non-free")),
        Source("http://one.example/", "bookworm-security", ("main",)),
        Source("http://two.example/", "bookworm-security", ("main",)),
    ]


def test_another_release_comes_from_the_same_mirror_with_main_alone() -> None:
    found = for_release(parse_deb822(DEB822), "bookworm", "trixie")
    assert rendered(found) == (
        f"deb {MIRROR} trixie main\n"
        f"deb {MIRROR} trixie-updates main\n"
        "deb http://one.example/ trixie-security main\n"
        "deb http://two.example/ trixie-security main\n"
    )


def test_a_rolling_release_has_no_archive_beside_it() -> None:
    found = for_release(parse_deb822(DEB822), "bookworm", "sid")
    assert rendered(found) == f"deb {MIRROR} sid main\n"


def test_third_parties_are_left_aside() -> None:
    lines = rendered(for_release(parse_list(ONE_LINE), "bookworm", "trixie"))
    assert "other.example" not in lines and "flat" not in lines and "contrib" not in lines


@pytest.mark.parametrize("name", ["stable", "testing", "unstable"])
def test_a_machine_that_calls_its_release_by_what_it_is(name: str) -> None:
    found = for_release([Source(MIRROR, name, ("main",))], "forky", "trixie")
    assert rendered(found) == f"deb {MIRROR} trixie main\n"


def test_ubuntu_keeps_universe() -> None:
    found = for_release([Source(MIRROR, "noble", ("main", "universe", "x"))], "noble", "noble")
    assert rendered(found) == f"deb {MIRROR} noble main universe\n"


def test_no_source_of_this_release_is_nothing() -> None:
    assert for_release(parse_list(ONE_LINE), "trixie", "sid") == []


def test_all_files_of_apt_are_read(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    mirrors = tmp_path / "mirrors.txt"
    mirrors.write_text("http://first.example/\tpriority:1\n\nhttp://second.example/\n")
    (tmp_path / "sources.list").write_text("deb cdrom:[Debian] bookworm main\n")
    (parts / "a.list").write_text(f"deb {MIRROR} bookworm main\n")
    (parts / "b.sources").write_text(
        f"Types: deb\nURIs: mirror+file:{mirrors}\nSuites: noble\nComponents: main\n"
    )
    (parts / "c.sources.save").write_text("deb http://old.example/ bookworm main\n")
    assert [source.uri for source in host.sources(tmp_path)] == [
        MIRROR,
        "http://first.example/",
        "http://second.example/",
    ]


def test_the_release_that_a_machine_says_it_is() -> None:
    debian = 'NAME="Debian"\nID=debian\nVERSION_CODENAME=bookworm\n'
    assert parse_os_release(debian) == ("debian", "bookworm")
    assert parse_os_release('ID="ubuntu"\nVERSION_CODENAME="noble"\n') == ("ubuntu", "noble")
    assert parse_os_release("ID=debian\n") == ("debian", "sid")


def test_the_names_in_a_table_of_releases() -> None:
    table = (
        "version,codename,series,created\n12,Bookworm,bookworm,x\n13,Trixie,trixie,y\n,Sid,sid\n"
    )
    assert releases_of(table) == ["bookworm", "trixie", "sid"]


def test_the_releases_that_are_out_newest_first() -> None:
    table = (
        "version,codename,series,created,release,eol\n12,B,bookworm,x,2023-06-10,y\n"
        "13,T,trixie,x,2025-08-09,y\n14,F,forky,x\n,S,sid,x\n"
    )
    assert released(table, "2026-01-01") == ["trixie", "bookworm"]
    assert released(table, "2025-01-01") == ["bookworm"]
