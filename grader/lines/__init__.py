"""The lines of the student's own source that each event of a run came from.

witness copies what is on the stack at an event; this unwinds it afterwards, from the program's own
tables. They are the student's, so everything is bounded, and what doesn't fit gives no line: a
line is for the eye, never for a verdict.
"""

from grader.lines.places import Frame, Lines

__all__ = ["Frame", "Lines"]
