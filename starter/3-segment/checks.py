"""What exercise 3 is. Its public tests are in test_segment.c: `make check EX=3` runs them."""

from grader.base.exercise import Exercise, Kind

EXERCISE = Exercise(
    "3-segment",
    "Five functions",
    "segment.c",
    "segment",
    kind=Kind.FUNCTIONS,
    driver="3_segment_driver.c",
    unit_tests="test_segment.c",
    pages={"start": "3-segment#segment_create", "create": "3-segment#segment_create"},
    try_valgrind="valgrind ./build/test_segment",
    seconds=5,
)
