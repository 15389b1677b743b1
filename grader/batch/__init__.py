"""A whole class: reads what a learning platform hands out, grades it, writes the gradebook."""
