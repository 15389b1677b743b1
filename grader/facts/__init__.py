"""What witness saw of a run, as data."""
