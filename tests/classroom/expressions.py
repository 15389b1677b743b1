"""The expressions of GitHub Actions, as far as the workflows of the kit use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>&&|\|\||==|!=|[!(),]))"
)
WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Context = Mapping[str, Any]
Functions = Mapping[str, Callable[..., Any]]


class Expression:
    """A parser that computes while it reads: || and &&, then == and !=, then !, then the rest."""

    def __init__(self, text: str, context: Context, functions: Functions) -> None:
        self._tokens = _tokens(text)
        self._context = context
        self._functions = functions

    def value(self) -> Any:
        found = self._any()
        assert not self._tokens, f"not understood: {self._tokens}"
        return found

    def _any(self) -> Any:
        left = self._all()
        while self._take("||"):
            right = self._all()
            left = left or right
        return left

    def _all(self) -> Any:
        left = self._equal()
        while self._take("&&"):
            right = self._equal()
            left = left and right
        return left

    def _equal(self) -> Any:
        left = self._single()
        while self._tokens and self._tokens[0] in ("==", "!="):
            same = self._tokens.pop(0) == "=="
            left = (left == self._single()) is same
        return left

    def _single(self) -> Any:
        if self._take("!"):
            return not self._single()
        if self._take("("):
            inner = self._any()
            assert self._take(")")
            return inner
        word = self._tokens.pop(0)
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if self._take("("):
            arguments = []
            while not self._take(")"):
                arguments.append(self._any())
                self._take(",")
            return self._functions[word](*arguments)
        found: Any = self._context
        for part in word.split("."):
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found

    def _take(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == sign:
            self._tokens.pop(0)
            return True
        return False


def _tokens(text: str) -> list[str]:
    found, text = [], text.strip()
    while text:
        match = TOKEN.match(text)
        assert match, f"not understood: {text}"
        found.append(match.group().strip())
        text = text[match.end() :].strip()
    return found


def filled(text: str, context: Context, functions: Functions) -> str:
    """A text with the values of its ${{ }} in it."""
    return WHOLE.sub(lambda m: str(Expression(m[1], context, functions).value()), text)


def holds(condition: str, context: Context, functions: Functions) -> bool:
    """An `if:`, which may stand with or without ${{ }}."""
    whole = WHOLE.fullmatch(condition.strip())
    return bool(Expression(whole[1] if whole else condition, context, functions).value())
