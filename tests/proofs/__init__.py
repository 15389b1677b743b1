"""On which facts each passed check of the solution rests, and what in the corpus fails it alone."""
