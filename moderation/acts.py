"""The log of what admins do: adds its lines, each chained to the one before, and checks the chain.

Called by the admin (`site.py`) and by services of this app, in the transaction of the act itself: what is not written
down does not happen. Nothing here changes or deletes a line, and the database would refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, cast

import msgspec
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest

from moderation.models import Act
from players.models import Player
from players.throttle import network_of

DIGEST_BYTES = 16
# A number of our own for PostgreSQL's advisory locks: "act" in ASCII.
_LOCK = 0x616374
_FACTS = ("at", "by_id", "by_name", "what", "model", "key", "about", "words", "before", "after", "network")

_encoder = msgspec.json.Encoder(order="deterministic")


@transaction.atomic
def record(
    *,
    by: Player | None,
    what: str,
    about: Model | None = None,
    words: str = "",
    before: Any = None,
    after: Any = None,
    request: HttpRequest | None = None,
) -> Act:
    """One more line. Those who write at the same time wait for each other, until the end of their transactions."""
    _one_at_a_time()
    last = Act.objects.order_by("-pk").values_list("digest", flat=True).first()
    act = Act(
        at=_now(),
        by=by,
        by_name=by.name if by is not None else "",
        what=what,
        words=words,
        before=_plain(before),
        after=_plain(after),
        network=network_of(request.META.get("REMOTE_ADDR", "")) if request is not None else "",
        **_names(about),
    )
    act.digest = chained(last or "", act)
    act.save(force_insert=True)
    return act


def faults() -> Iterator[str]:
    """What is wrong with the chain, a sentence each; none: no line was changed, taken out or put in between."""
    before = ""
    for act in Act.objects.order_by("pk").iterator():
        if act.digest != chained(before, act):
            yield f"line {act.pk} does not continue the one before it"
        before = act.digest


def chained(before: str, act: Act) -> str:
    """The digest of `act` after a line with the digest `before`."""
    facts = [before, *(_plain(getattr(act, name)) for name in _FACTS)]
    return blake2b(_encoder.encode(facts), digest_size=DIGEST_BYTES).hexdigest()


def _names(about: Model | None) -> dict[str, str]:
    if about is None:
        return {}
    return {"model": about._meta.label_lower, "key": str(about.pk), "about": str(about)[:200]}


def _plain(value: Any) -> Any:
    """As it comes back from the database, where JSON has no dates and no tuples."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return msgspec.to_builtins(value, str_keys=True)


def _now() -> datetime:
    """The database's hour. Not by `Now()` in the insert, since the digest covers it and a line is never changed."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cast("datetime", cursor.fetchone()[0])
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0])


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":  # SQLite lets one transaction write at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
