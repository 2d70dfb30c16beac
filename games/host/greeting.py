"""The `welcome` of a match: all that one viewer may know of it now, in one message. `audience.py` sends it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from games.host import frames
from games.host.fold import Fold
from games.protocol.messages import ChatLine, RatedInfo, Welcome


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What a match is besides its log: everything in `welcome` that never changes while it is owned."""

    public_id: str
    epoch: int
    options: Any
    seed_hash: str
    pool: str | None = None


class Guest(msgspec.Struct, frozen=True):
    """Who is greeted, and what they are given besides the match: lines of chat and a resume token."""

    seat: int | None
    chat: list[ChatLine]
    token: str | None


def greeting(
    facts: Facts,
    shown: Fold,
    guest: Guest,
    *,
    here: Iterable[int],
    charged_ms: int,
    unix_ms: int,
    rated: RatedInfo | None = None,
) -> Welcome:
    """`here`: the seats whose players are connected; `charged_ms`: the match's charged time; `rated`: what it has done
    to ratings, told to nobody for whom it still goes on."""
    seat, rules = guest.seat, shown.rules
    return Welcome(
        match=facts.public_id,
        game=rules.name,
        edition=rules.edition,
        options=facts.options,
        hz=shown.hz,
        seed_hash=facts.seed_hash,
        status="over" if shown.over else "live" if shown.status == "live" else "waiting",
        seats=frames.seats_shown(shown, dict.fromkeys(here, True)),
        sides=shown.sides,
        seat=seat,
        e=facts.epoch,
        v=shown.v,
        step=shown.step,
        c=0 if seat is None else shown.cs[seat],
        mine=None if seat is None else shown.pool.get(seat),
        view=frames.view_shown(shown, seat),
        delay_s=rules.spectator_delay_s if seat is None else 0,
        moves=frames.moves_shown(shown, seat),
        clock=frames.clock_shown(shown, seat, charged_ms, whole=True),
        offers={what: list(seats) for what, seats in shown.offers.items()},
        may_offer=tuple(sorted(shown.may_offer)),
        may_pause=rules.pauses,
        paused=shown.paused_by is not None,
        out=shown.out,
        grace=rules.grace_s * 1000,
        result=frames.result_info(shown),
        seed=shown.seed.hex() if shown.over else None,
        rematch=shown.rematch,
        pool=facts.pool,
        rated=rated if shown.over else None,
        chat=guest.chat,
        talk=rules.chat,
        token=guest.token,
        now=unix_ms,
    )
