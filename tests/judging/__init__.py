"""Tests of the judging: hand-written facts, and what must be found in them."""
