"""What those are called who have deleted themselves. Pure, so that records can be read without Django."""

NAME = "Gone player"
"""In English: rows and records keep one language, and pages translate it. Nobody else can be called so."""
