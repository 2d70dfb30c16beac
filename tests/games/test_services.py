from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from django.db import connection

from games import services
from games.host.entries import Sit, seed_hash
from games.models import Command, Entry, Lease, Match, Seat
from games.replay import faults, fold_to
from games.rules.connect_four import ConnectFour
from games.selectors import record_whole
from games.services import COMPANY, CROWD, MOST_WAITING, ServiceError, match_arrange, match_create
from tests.games.played import guest, joined, opened

pytestmark = pytest.mark.django_db


class Varied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: int = 7
    title: str = ""
    rows: tuple[int, ...] = ()


def refused(**wish: Any) -> ServiceError:
    facts = {"game": "connect-four", "options": {}, "by": guest()} | wish
    with pytest.raises(ServiceError) as error:
        match_create(**facts)
    assert Match.objects.count() == Seat.objects.count() == Entry.objects.count() == 0
    return error.value


def test_who_opens_a_match_sits_at_it_and_waits() -> None:
    player = guest("Ada")
    match = opened(player, seat=1, listed=False)
    assert (match.status, match.listed, match.created_by, match.started_at) == ("waiting", False, player, None)
    seat = match.sitting.get()
    assert (seat.index, seat.player, seat.name, seat.bot) == (1, player, "Ada", "")
    entry = Entry.objects.get(match=match)
    assert (entry.n, entry.kind, entry.seat, entry.c, entry.ms) == (1, "sit", 1, None, 0)
    assert msgspec.json.decode(entry.body, type=Sit) == Sit(name="Ada", player=player.public_id)
    lease = Lease.objects.get(match=match)
    assert (lease.host, lease.epoch) == (None, 0)


def test_a_practice_opponent_begins_the_match_at_once() -> None:
    match = opened(seat=1, opponent="practice")
    assert match.status == "live"
    assert match.started_at is not None
    bot = match.sitting.get(index=0)
    assert (bot.player, bot.bot, bot.name) == (None, "practice", "Practice opponent")
    assert [entry.seat for entry in Entry.objects.order_by("n")] == [1, 0]


def test_several_practice_opponents_are_told_apart() -> None:
    match = opened(seat=1, game="light-cycles", seats=4, opponent="practice")
    names = [seat.name for seat in match.sitting.order_by("index") if seat.bot]
    assert names == ["Practice 1", "Practice 2", "Practice 3"]


def test_a_match_that_is_entered_begins_as_its_host_sees_it() -> None:
    waiting = opened(game="arena")
    assert (waiting.status, waiting.seats) == ("waiting", CROWD)
    live = opened(game="arena", opponent="practice", seats=16)
    assert (live.status, live.seats, live.sitting.count()) == ("live", 16, COMPANY + 1)
    assert opened(game="arena", opponent="practice", seats=2).sitting.count() == 2
    for match in (waiting, live):
        assert fold_to(record_whole(match), 99).status == match.status


def test_practice_opponents_take_all_other_seats_where_all_must_be_taken() -> None:
    match = opened(game="light-cycles", opponent="practice", seats=5)
    assert (match.status, match.sitting.count()) == ("live", 5)
    assert opened(game="light-cycles", seats=5).status == "waiting"


def test_the_seed_is_promised_by_its_hash() -> None:
    first, second = opened(), opened()
    assert first.seed_hash == seed_hash(bytes.fromhex(first.seed))
    assert len(bytes.fromhex(first.seed)) == 32
    assert first.seed != second.seed


def test_the_first_entries_fold_and_continue_the_chain() -> None:
    match = opened(opponent="practice")
    assert faults(record_whole(match)) == ["the log has no end"]


def test_a_seat_is_drawn_where_none_is_chosen() -> None:
    drawn = {opened(seat=None, opponent="practice").sitting.get(bot="").index for _ in range(40)}
    assert drawn == {0, 1}  # all forty alike: once in 2**39 runs


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"game": "chess-960"}, "unknown_game"),
        ({"game": "\x00"}, "unknown_game"),
        ({"seat": 2}, "bad_seat"),
        ({"seat": -1}, "bad_seat"),
        ({"seats": 3}, "bad_seats"),
        ({"seats": 0}, "bad_seats"),
        ({"options": {"size": 9}}, "bad_options"),
    ],
)
def test_a_wrong_wish_is_refused_with_a_sentence_and_leaves_nothing(wish: dict[str, Any], code: str) -> None:
    error = refused(**wish)
    assert error.code == code
    assert error.why.endswith(".")


@pytest.mark.parametrize(
    "options",
    [
        {"size": "7"},
        {"size": True},
        {"size": 7.0},
        {"size": 2**53},
        {"size": 10**400},
        {"rows": [2**60]},
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {"title": "x" * 3000},
        {"titel": "misspelt"},
    ],
)
def test_options_are_read_strictly(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectFour, "options", Varied)
    assert refused(options=options).code == "bad_options"


def test_options_are_stored_whole_with_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectFour, "options", Varied)
    match = opened(options={"title": "long"})
    assert match.options == {"size": 7, "title": "long", "rows": []}
    assert faults(record_whole(match)) == ["the log has no end"]


def test_nobody_fills_the_list_of_open_seats() -> None:
    player = guest()
    first, *_ = [opened(player) for _ in range(MOST_WAITING)]
    with pytest.raises(ServiceError) as error:
        opened(player)
    assert error.value.code == "too_many_waiting"
    assert Match.objects.count() == MOST_WAITING
    joined(first)
    opened(player)


@pytest.mark.django_db(transaction=True)
def test_wishes_at_once_are_counted_one_after_the_other() -> None:
    player = guest()

    def wish(_: int) -> bool:
        try:
            opened(player)
        except ServiceError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as together:
        granted = list(together.map(wish, range(MOST_WAITING + 5)))
    assert sum(granted) == MOST_WAITING


def test_waiting_matches_do_not_keep_anyone_from_practising() -> None:
    player = guest()
    for _ in range(MOST_WAITING):
        opened(player)
    assert opened(player, opponent="practice").status == "live"


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(services.records, "_seat_taken", broken)
    with pytest.raises(RuntimeError):
        opened()
    assert Match.objects.count() == Entry.objects.count() == Lease.objects.count() == 0


def test_a_command_waits_for_the_owner_of_its_match() -> None:
    match, player = opened(), guest()
    command = services.command_create(match=match, kind="sit", by=player, body={"seat": 1})
    assert Command.objects.get() == command
    assert (command.body, command.answer, command.done_at) == ({"seat": 1}, None, None)


def test_a_command_of_no_known_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="dance"):
        services.command_create(match=opened(), kind="dance", by=None, body={})


FIVE_MINUTES = {"kind": "fischer", "base_ms": 300_000, "extra_ms": 0}


def test_people_who_were_brought_together_sit_in_their_order_and_begin() -> None:
    one, other = guest(), guest()
    match = match_arrange(game="connect-four", players=[other, one], clock=FIVE_MINUTES, rated=True)
    assert (match.status, match.rated, match.pool) == ("live", True, "blitz")
    assert [seat.player for seat in match.sitting.order_by("index")] == [other, one]
    assert fold_to(record_whole(match), 2).status == "live"


def test_whoever_has_too_many_open_matches_may_still_be_brought_together() -> None:
    busy = guest()
    for _ in range(MOST_WAITING):
        match_create(game="connect-four", options={}, by=busy)
    assert match_arrange(game="connect-four", players=[busy, guest()]).status == "live"


@pytest.mark.parametrize(
    "wish", [{}, {"game": "arena"}, {"clock": FIVE_MINUTES, "opponent": "practice"}], ids=["untimed", "open", "bots"]
)
def test_what_ratings_would_mean_nothing_for_is_not_rated(wish: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as error:
        match_create(**{"game": "connect-four", "options": {}, "by": guest(), "rated": True} | wish)
    assert error.value.code == "cannot_be_rated"
    assert not Match.objects.exists()
