"""The kinds of findings: a diagnosis matches these codes, so the words of a message can change."""

LEAVES_SEGMENT = "leaves-segment"  # after a failure
LEAVES_CHILD = "leaves-child"  # after a failure
STOPS_WAITING = "stops-waiting"  # after a failure in a child
LEAVES_OTHER = "leaves-other"  # a semaphore set, ...; the detail says which kind
SILENT_FAILURE = "silent-failure"  # nothing on stderr
FAILURE_STATUS = "failure-status"  # an exit status other than 1; the detail says which
MANNERS = (SILENT_FAILURE, FAILURE_STATUS)  # how a failure is reported, in all of a program
SUCCESS_STATUS = "success-status"  # an exit status other than 0; the detail says which
ANOTHER_ORDER = "another-order"  # wrong in one order of the processes; the detail is its number
MISSING_LINE = "missing-line"
FORM = "form"  # a line that is right but for its spelling
NO_NEWLINE = "no-newline"  # between two lines
OLD_TAIL = "old-tail"  # a text goes on as an older one ended
WRONG_KEY = "wrong-key"  # of a new segment
STILL_ATTACHED = "still-attached"
NO_COPY = "no-copy"  # a child that shares its parent's memory; the detail says which call
STILL_THERE = "still-there"
PRINTS = "prints"  # a function that should be quiet
BEHIND_THE_END = "behind-the-end"  # a value is stored past the end of its segment
NEVER_HELD_START = "never-held-start"
ID_ZERO = "id-zero"  # treated as a failure
READS_PAST_THE_END = "reads-past-the-end"
ID_FOR_STATUS = "id-for-status"
UNINITIALIZED = "uninitialized"  # valgrind: a value that was never set
MEMORY = "memory"  # from valgrind; the detail is its kind of error
