"""The grader: builds submissions, runs them under the witness, judges, reports.

Three layers that do not mix: facts (facts.py), judging (judge.py, diagnose, hidden/), edges
(everything else).
"""
