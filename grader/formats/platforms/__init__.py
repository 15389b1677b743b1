"""What other systems read: one module per format, written if `--format NAME` requests it.

SCORED says that the format carries the score: it is written only for a complete report, so that no
system takes half a score for one. PRINTED says that it goes to the end of stdout, not to a file."""
