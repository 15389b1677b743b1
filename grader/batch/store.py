"""What a class's grading remembers, in one SQLite file beside the results.

Every result is here as soon as it is known, whole or not at all. The reports are files; this is
what they are made from, and what tells that nothing has to be graded again.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.sandbox import Unavailable

FILE = "class.db"
VERSION = "1"
TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bundles (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS accepted (student TEXT PRIMARY KEY, row TEXT NOT NULL,
    data BLOB NOT NULL, written TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS earlier (student TEXT NOT NULL, number INTEGER NOT NULL,
    row TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (student, number));
CREATE TABLE IF NOT EXISTS again (key TEXT PRIMARY KEY);
"""

Json = dict[str, Any]


class Store:
    """The memory of one class; every method that writes leaves it whole on the disk."""

    def __init__(self, folder: Path) -> None:
        _close(folder / FILE)
        try:
            self._db = sqlite3.connect(folder / FILE, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(TABLES)
        except sqlite3.Error as error:
            raise Unavailable(f"{folder / FILE} cannot be used: {error}") from None
        if self.once("version", VERSION) != VERSION:
            raise Unavailable(f"{folder / FILE} was written by another version of the kit")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written inside is written at once, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ---- facts about the class

    def once(self, name: str, value: str) -> str:
        """The value of this name: the first that was ever given."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
        return self.get(name) or ""

    def get(self, name: str) -> str | None:
        found = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def put(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # ---- submissions, by the fingerprint of their content

    def has_bundle(self, digest: str) -> bool:
        asked = "SELECT 1 FROM bundles WHERE digest = ?"
        return self._db.execute(asked, (digest,)).fetchone() is not None

    def put_bundle(self, digest: str, data: bytes) -> None:
        self._db.execute("INSERT OR IGNORE INTO bundles VALUES (?, ?)", (digest, data))

    def bundle(self, digest: str) -> bytes:
        asked = "SELECT data FROM bundles WHERE digest = ?"
        (data,) = self._db.execute(asked, (digest,)).fetchone()
        return bytes(data)

    # ---- results, by content, kit and options

    def has_result(self, key: str) -> bool:
        asked = "SELECT 1 FROM results WHERE key = ?"
        return self._db.execute(asked, (key,)).fetchone() is not None

    def put_result(self, key: str, result: Json) -> None:
        with self.together():
            self._db.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (key, _packed(result)))
            self._db.execute("DELETE FROM again WHERE key = ?", (key,))

    def result(self, key: str) -> Json | None:
        found = self._db.execute("SELECT data FROM results WHERE key = ?", (key,)).fetchone()
        return _unpacked(found[0]) if found else None

    def to_grade_again(self, keys: frozenset[str]) -> frozenset[str]:
        """Which of these a call that grades all again has still to do: those that an earlier call
        did not come to, or where there are none, all.
        """
        left = keys & {key for (key,) in self._db.execute("SELECT key FROM again")}
        if left:
            return left
        with self.together():
            self._db.execute("DELETE FROM again")
            self._db.executemany("INSERT INTO again VALUES (?)", [(key,) for key in keys])
        return keys

    # ---- what counts: one row a student, with the result that it was made from

    def accepted_row(self, student: str) -> Json | None:
        asked = "SELECT row FROM accepted WHERE student = ?"
        found = self._db.execute(asked, (student,)).fetchone()
        return _read(found[0]) if found else None

    def accepted_result(self, student: str) -> Json:
        asked = "SELECT data FROM accepted WHERE student = ?"
        return _unpacked(self._db.execute(asked, (student,)).fetchone()[0])

    def accepted_rows(self) -> dict[str, Json]:
        found = self._db.execute("SELECT student, row FROM accepted ORDER BY student")
        return {student: _read(row) for student, row in found}

    def accept(self, student: str, row: Json, result: Json) -> None:
        """From now on this counts; what counted before is kept as an earlier one."""
        with self.together():
            self._db.execute(
                "INSERT INTO earlier SELECT student, (SELECT count(*) + 1 FROM earlier"
                " WHERE student = ?1), row, data FROM accepted WHERE student = ?1",
                (student,),
            )
            self._db.execute(
                "INSERT OR REPLACE INTO accepted VALUES (?, ?, ?, '')",
                (student, json.dumps(row, sort_keys=True), _packed(result)),
            )

    def earlier(self, student: str) -> list[tuple[int, Json, Json]]:
        """What counted before: number, row, result."""
        asked = "SELECT number, row, data FROM earlier WHERE student = ? ORDER BY number"
        found = self._db.execute(asked, (student,))
        return [(number, _read(row), _unpacked(data)) for number, row, data in found]

    # ---- which reports are written

    def written_stamp(self, student: str) -> str:
        """What the files in a student's folder were made from."""
        asked = "SELECT written FROM accepted WHERE student = ?"
        found = self._db.execute(asked, (student,)).fetchone()
        return str(found[0]) if found else ""

    def set_written(self, student: str, stamp: str) -> None:
        self._db.execute("UPDATE accepted SET written = ? WHERE student = ?", (stamp, student))


def _close(path: Path) -> None:
    """Let the owner alone read it: the secret half of all seeds is in it. SQLite gives the files
    beside it the same mode.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise Unavailable(f"{path} cannot be used: {error.strerror}") from None


def _packed(value: Json) -> bytes:
    return zlib.compress(json.dumps(value, sort_keys=True).encode("ascii"))


def _unpacked(data: bytes) -> Json:
    return _read(zlib.decompress(data))


def _read(text: str | bytes) -> Json:
    said: Json = json.loads(text)
    return said
