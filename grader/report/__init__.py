"""The result of a grade: its model, what its reader may see, and its words."""
