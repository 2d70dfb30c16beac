"""Tests mirror the tree; `rules`, `protocol` and `host` also run without Django (tests/pure.ini)."""
