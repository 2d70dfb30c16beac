"""Public ids: short, unguessable, safe in addresses. Pure."""

from __future__ import annotations

import secrets

# No 0 O I l: an id can be read aloud. 57 signs, so 12 of them hold 70 bits: nobody finds a match by trying.
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ID_LENGTH = 12


def new_id() -> str:
    """Twelve signs drawn from the system's randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
