"""Hostile submissions, each on every level of isolation: nothing gained, learnt, broken or left."""
