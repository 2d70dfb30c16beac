"""Template tags of keeping order."""
