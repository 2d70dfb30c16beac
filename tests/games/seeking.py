"""What tests of finding a match do again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from games.finding import services
from games.finding.selectors import personal_of
from games.finding.told import Personal
from games.models import Pairing, Seek
from players.errors import ServiceError
from players.models import Player
from tests.games.played import guest


def seek(by: Player, **wish: Any) -> Seek:
    return services.seek_create(by=by, **({"game": "connect-four", "pool": "blitz"} | wish))


def you(player: Player) -> Personal:
    return personal_of(player.pk)


def later(seconds: float) -> None:
    """Everyone has waited so much longer, seen all the while."""
    Seek.objects.update(since=F("since") - timedelta(seconds=seconds))


def refused(call: Any, **wish: Any) -> str:
    with pytest.raises(ServiceError) as error:
        call(**wish)
    return error.value.code


def paired(*players: Player, **wish: Any) -> str:
    """These look for a match and are found for each other; the pairing's id."""
    for player in players or (guest(), guest()):
        seek(player, **wish)
    services.queues_pass()
    return Pairing.objects.get().public_id
