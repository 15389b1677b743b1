"""Mutants: the solution with one small change each, made by a program; the grader must see each."""
