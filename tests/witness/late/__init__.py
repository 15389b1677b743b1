"""witness as it is on a slow machine: late by so many microseconds at each of its calls."""
