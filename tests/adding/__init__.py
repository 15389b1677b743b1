"""Adding is one place: each test adds something to a copy of the kit, and names what it changed."""
