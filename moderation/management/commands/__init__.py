"""Commands of keeping order."""
