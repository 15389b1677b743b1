"""The judgement of the grader itself, in one table: what it catches, names, and leaves alone."""
