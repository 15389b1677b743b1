"""What every other package of the grader may use."""
