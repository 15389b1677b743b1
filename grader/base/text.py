"""Text from a student's program or file, made harmless to show."""

import re
import unicodedata

# Controls, format characters (bidi marks, zero widths), surrogates, private use, unassigned, line
# and paragraph separators: what a terminal, a browser or XML 1.0 could take for more than a letter.
HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
SAFE = re.compile(r"[ -~]*")


def visible(text: str, keep: str = "") -> str:
    r"""The text with every invisible character as an escape like \x1b; those in `keep` stay."""
    if SAFE.fullmatch(text):
        return text
    return "".join(
        letter if letter in keep or _shows(letter) else _escape(letter) for letter in text
    )


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each one visible; tabs become spaces."""
    return [visible(line) for line in text.expandtabs(4).split("\n")]


def cut(text: str, length: int) -> str:
    """At most `length` characters, with a mark if some are missing."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _shows(letter: str) -> bool:
    return unicodedata.category(letter) not in HIDDEN_CATEGORIES


def _escape(letter: str) -> str:
    code = ord(letter)
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(letter)
    if short is not None:
        return short
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
