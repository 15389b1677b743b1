"""`make bench`: what witness and the grader cost, each beside what it is measured against."""

from tests.bench import a_class, checking, grading, watching

if __name__ == "__main__":
    watching.main()
    grading.main()
    checking.main()
    a_class.main()
