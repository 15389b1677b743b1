"""What every other room of the grader may use."""
