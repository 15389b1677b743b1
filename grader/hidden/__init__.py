"""The hidden tests, one file per exercise, and the runs that several of them look at."""
