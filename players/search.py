"""Finding players as admins do: by public id, sign-in name, address, or the beginning of a name.

Each way is a question of its own that an index answers, however many players there are; together in one they would read
the whole table.
"""

from __future__ import annotations

from players.ids import ALPHABET, ID_LENGTH
from players.models import Player

MOST = 200
"""Who is not among so many is found by one more letter."""


def players_found(query: str) -> list[int]:
    """Primary keys of those whom `query` names, at most `MOST`."""
    query = query.strip()
    if not query or "\x00" in query:
        return []
    everyone = Player.objects.order_by("-pk").values_list("pk", flat=True)
    found = set(everyone.filter(username=query)[:1])
    if len(query) == ID_LENGTH and set(query) <= set(ALPHABET):
        found |= set(everyone.filter(public_id=query)[:1])
    if "@" in query:
        # The index holds those who have an address, and the question must say so for it to be used.
        found |= set(everyone.filter(email__iexact=query).exclude(email="").order_by()[:MOST])
    # The newest first: where a name is common they are soon found, where it is rare its own index has them.
    found |= set(everyone.filter(name__istartswith=query)[: MOST - len(found)])
    return sorted(found)
