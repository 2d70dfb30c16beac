"""Live matches without I/O: calls come in with the time passed along, effects go out."""
