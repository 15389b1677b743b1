"""The student's half: public checks, in the grader's words. No points, no sandbox.

It needs only Python's standard library, gcc and make, and imports nothing secret: `make classroom`
gives this package, with everything it imports, to students.
"""
