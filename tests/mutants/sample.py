"""A fixed sample of the mutants, small enough for every test run."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import islice

from tests.mutants.compiling import is_a_program
from tests.mutants.mutant import Mutant, mutants

SIZE = 40


@cache
def sample() -> tuple[Mutant, ...]:
    """The same mutants at every run, spread over all exercises and operators by a hash."""
    shuffled = sorted(mutants(), key=lambda m: hashlib.sha256(m.name.encode()).digest())
    return tuple(islice(filter(is_a_program, shuffled), SIZE))
