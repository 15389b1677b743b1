"""The hidden tests, one file an exercise, and the runs that several of them look at."""
