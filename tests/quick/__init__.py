"""`make test QUICK=1`: between two edits, what the change can break, as much as fits into a minute.

`QUICK="grader/judge/output.py"` names what was changed; with 1, git tells it.
"""
