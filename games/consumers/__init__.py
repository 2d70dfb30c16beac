"""WebSockets: bytes to calls, calls to bytes. No rules, no database; imported by `games.routing` alone."""
