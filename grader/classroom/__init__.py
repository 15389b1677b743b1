"""`make classroom`: a course's repositories and bundles, made from the kit.

The folder student/ beside this file holds what is put into the students' repository as it is.
"""
