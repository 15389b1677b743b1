"""What other systems read: one module a format, written where `--format NAME` asks for it.

SCORED says that the format carries the score: without a whole report it is not written, so that no
system takes half a score for one. PRINTED says that it goes to the end of stdout, not to a file."""
