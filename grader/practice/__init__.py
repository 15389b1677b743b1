"""The student's half: public checks, told in the grader's words. No points, no sandbox.

It needs nothing but Python's own library, gcc and make, and imports nothing that is secret: `make
classroom` hands out this package with all that it imports.
"""
