"""Judging: pure functions from the facts of a run to findings, in the words of the lesson.

A function here looks at one `Run` and returns a `Finding`, what is missing and the evidence for it,
or None where all is well. A hidden test raises the first finding with `demand`.
"""
