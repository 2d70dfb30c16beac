"""Two people play a rated match, and moments after its end both hear what it did to their ratings."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from games import commands, services
from games.driver import rated
from games.driver.live import Live
from games.host.entries import Sit
from games.models import Match, Seat
from games.protocol.messages import Answer, Hello, Move, Offer, Resign
from games.rating.applier import rate_finished
from games.rating.horizon import Horizon
from games.timing import PRESETS
from players.models import Rating
from players.services import guest_create
from tests.games.test_driver import Ear, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db(transaction=True)


async def rated_match(world: World) -> tuple[Live, Ear, Ear, Match]:
    players = [await sync_to_async(guest_create)(language="en") for _ in range(2)]
    match = await sync_to_async(services.match_create)(
        game="connect-four", options={}, by=players[0], seat=0, clock=PRESETS["3+2"], rated=True
    )
    await commands.execute(match=match, kind="sit", by=players[1], body={"seat": None})
    return (*await world.seated(match), match)


def heard(kind: str) -> Any:
    return lambda ear: any(one["type"] == kind for one in ear.heard)


async def played_out(live: Live, first: Ear, second: Ear) -> None:
    live.submit(first, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: live.match.shown.step == 1)
    live.submit(second, Move(1, 3, live.match.shown.v))
    await second.until(lambda ear: live.match.shown.step == 2)
    live.submit(second, Resign(2))
    await first.until(heard("over"))


async def test_who_sits_down_shows_a_rating_and_the_end_tells_the_new_one(world: World) -> None:
    live, first, second, match = await rated_match(world)
    welcome = first.last("welcome")
    assert welcome["pool"] == "blitz"
    assert welcome["rated"] is None
    assert [(seat["rating"], seat["provisional"]) for seat in welcome["seats"]] == [(1500, True)] * 2
    await played_out(live, first, second)
    for ear in (first, second):
        await ear.until(heard("rated"))
        assert ear.last("rated") == {
            "type": "rated",
            "seats": [[1500, 1662, True], [1500, 1338, True]],
            "why": None,
        }
    assert await Rating.objects.filter(pool__game="connect-four", pool__name="blitz").acount() == 2
    late = Ear(None)
    await world.driver.attach(late, match.public_id, Hello())
    assert late.last("welcome")["rated"]["seats"][0] == [1500, 1662, True]


async def test_a_rematch_begins_with_the_ratings_that_the_match_has_given(world: World) -> None:
    live, first, second, match = await rated_match(world)
    await played_out(live, first, second)
    await first.until(heard("rated"))
    live.submit(first, Offer(2, "rematch"))
    await second.until(lambda ear: live.match.shown.offers)
    live.submit(second, Answer(3, "rematch", True))
    await first.until(lambda ear: live.match.shown.rematch)
    following = await Match.objects.aget(rematch_of=match)
    assert (following.rated, following.pool) == (True, "blitz")
    again, *_ = await world.seated(following)
    sits: dict[int, Sit] = again.match.shown.sitting
    assert [sits[seat].rating for seat in (0, 1)] == [1338, 1662]


async def test_a_match_that_another_process_has_rated_is_told_by_its_owner(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rated, "rate_finished", lambda horizon: 0)
    live, first, second, _match = await rated_match(world)
    await played_out(live, first, second)
    await sync_to_async(rate_finished)(Horizon())
    await world.driver.rated.look()
    assert first.last("rated")["seats"][0] == [1500, 1662, True]


async def test_what_a_process_left_unrated_is_rated_by_the_next_look_and_is_in_the_welcome(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is stored, the process dies before the rating: nothing is lost."""
    with monkeypatch.context() as dying:
        dying.setattr(rated, "rate_finished", lambda horizon: 0)
        live, first, second, match = await rated_match(world)
        await played_out(live, first, second)
        await world.stop()
    assert not await Seat.objects.filter(match=match, rating_after__isnull=False).aexists()
    fresh = await World().start()
    try:
        await fresh.driver.rated.look()
        back = Ear(first.player)
        await fresh.driver.attach(back, match.public_id, Hello())
        assert back.last("welcome")["rated"]["seats"] == [[1500, 1662, True], [1500, 1338, True]]
    finally:
        await fresh.stop()


async def test_what_does_not_count_is_told_with_its_reason(world: World) -> None:
    live, first, _second, _ = await rated_match(world)
    live.submit(first, Resign(1))
    await first.until(heard("rated"))
    assert first.last("rated") == {"type": "rated", "seats": [None, None], "why": "short"}
