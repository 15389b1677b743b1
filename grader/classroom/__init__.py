"""`make classroom`: a course's repositories and bundles, made from the kit.

The folders beside this file hold what is put into them as it is: student/ into the students'
repository, gradescope/ into its zip, classroom50/ into its bundle.
"""
