"""Challenges and parties through the real services, each test on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from games.finding import services
from games.finding.told import Personal
from games.models import Challenge, Match, Party, Summons
from players.models import Block, Player
from tests.games.played import guest
from tests.games.seeking import refused, seek, you

pytestmark = pytest.mark.usefixtures("orm")


# ── challenges ──────────────────────────────────────────────────────────────────────────────────────────────


def challenge(by: Player, to: Player, **wish: Any) -> Challenge:
    return services.challenge_create(by=by, to=to, **({"game": "connect-four"} | wish))


def test_a_challenge_is_told_to_both_and_begins_when_it_is_accepted(hinted: list[str]) -> None:
    ada, ben = guest("Ada"), guest("Ben")
    made = challenge(ada, ben, clock={"kind": "fischer", "base_ms": 60_000}, rated=True, seat=1)
    assert set(hinted) == {ada.public_id, ben.public_id}
    (incoming,) = you(ben).incoming
    (outgoing,) = you(ada).outgoing
    assert (incoming.who.name, outgoing.who.name) == ("Ada", "Ben")
    assert (incoming.rated, incoming.seat, incoming.clock["base_ms"]) == (True, 1, 60_000)
    assert 290_000 < incoming.left_ms <= 300_000
    seek(ben)
    match = services.challenge_answer(by=ben, challenge=made.public_id, yes=True)
    assert [seat.player for seat in match.sitting.order_by("index")] == [ben, ada]
    assert (match.rated, match.pool, match.status) == (True, "bullet", "live")
    assert you(ada) == you(ben) == Personal(go=match.public_id), "who plays looks no longer"


def test_a_challenge_can_be_declined_withdrawn_and_lapses() -> None:
    ada, ben = guest(), guest()
    services.challenge_answer(by=ben, challenge=challenge(ada, ben).public_id, yes=False)
    services.challenge_withdraw(by=ada, challenge=challenge(ada, ben).public_id)
    lapsed = challenge(ada, ben).public_id
    Challenge.objects.update(expires_at=Now())
    assert you(ben).incoming == you(ada).outgoing == ()
    for call in (services.challenge_answer,):
        assert refused(call, by=ben, challenge=lapsed, yes=True) == "not_found"
    assert services.challenges_expire() == 1
    challenge(ada, ben, clock={"kind": "correspondence", "base_ms": 86_400_000})
    assert you(ben).incoming[0].left_ms > 2 * 86_400_000


def test_only_the_challenged_answers_and_only_the_challenger_withdraws() -> None:
    ada, ben = guest(), guest()
    made = challenge(ada, ben).public_id
    assert refused(services.challenge_answer, by=ada, challenge=made, yes=True) == "not_found"
    assert refused(services.challenge_withdraw, by=ben, challenge=made) == "not_found"
    assert Match.objects.count() == 0


def test_who_is_blocked_is_answered_as_if_nobody_were_there() -> None:
    ada, ben = guest(), guest()
    made = challenge(ada, ben)
    Block.objects.create(player=ben, blocked=ada)
    assert refused(challenge, by=ada, to=ben) == refused(challenge, by=ben, to=ada) == "not_found"
    assert refused(services.challenge_answer, by=ben, challenge=made.public_id, yes=True) == "not_found"


def test_challenges_are_few_and_one_for_each_other_player() -> None:
    ada, ben = guest(), guest()
    challenge(ada, ben)
    assert refused(challenge, by=ada, to=ben) == "already_challenged"
    assert refused(challenge, by=ada, to=ada) == "yourself"
    assert refused(challenge, by=ada, to=guest(), rated=True) == "cannot_be_rated"
    assert refused(challenge, by=ada, to=guest(), seat=2) == "bad_seat"
    for _ in range(4):
        challenge(ada, guest())
    assert refused(challenge, by=ada, to=guest()) == "too_many_challenges"


# ── parties ─────────────────────────────────────────────────────────────────────────────────────────────────


def party_of(leader: Player, *others: Player) -> Party:
    party = services.party_create(by=leader)
    for one in others:
        services.party_join(by=one, party=party.public_id)
    return party


def test_a_party_looks_together_and_sits_together() -> None:
    ada, ben, cleo = guest("Ada"), guest("Ben"), guest("Cleo")
    party = party_of(ada, ben)
    told = you(ben).party
    assert told is not None
    assert (told.id, told.leader, [one.name for one in told.members]) == (
        party.public_id,
        ada.public_id,
        ["Ada", "Ben"],
    )
    assert refused(seek, by=ben, game="light-cycles", pool="live", party=True) == "not_leader"
    seek(ada, game="light-cycles", pool="live", seats=3, party=True)
    assert (you(ben).seek.size, you(ben).seek.mine, you(ada).seek.mine) == (2, False, True)
    assert refused(seek, by=ben) == "already_seeking"
    seek(cleo, game="light-cycles", pool="live", seats=3)
    services.queues_pass()
    pairing = you(cleo).pairing.id
    for one in (ada, ben, cleo):
        match = services.pairing_answer(by=one, pairing=pairing, yes=True)
    assert {seat.player for seat in match.sitting.all()} == {ada, ben, cleo}
    assert you(ada).party is not None, "the party stays for the next match"


def test_a_party_plays_alone_when_its_leader_says_so() -> None:
    ada, ben = guest(), guest()
    party_of(ada, ben)
    assert refused(services.party_play, by=ben, game="light-cycles") == "not_leader"
    match = services.party_play(by=ada, game="light-cycles", practice=2)
    assert (match.listed, match.rated, match.seats, match.status) == (False, False, 4, "live")
    assert you(ada).go == you(ben).go == match.public_id
    assert services.party_play(by=ada, game="arena").seats == 2


def test_leaving_ends_what_the_party_looked_for_and_the_leader_ends_the_party() -> None:
    ada, ben, cleo = guest(), guest(), guest()
    party = party_of(ada, ben, cleo)
    seek(ada, game="light-cycles", pool="live", seats=4, party=True)
    services.party_leave(by=ben)
    assert (you(ada).seek, you(ben).party, len(you(ada).party.members)) == (None, None, 2)
    services.party_send_away(by=ada, player=cleo.public_id)
    assert refused(services.party_join, by=cleo, party=party.public_id) == "not_found"
    services.party_join(by=ben, party=party.public_id)
    services.party_leave(by=ada)
    assert you(ben).party is None
    assert Party.objects.count() == 0


def test_a_party_has_bounds() -> None:
    ada = guest()
    party = party_of(ada, *(guest() for _ in range(7)))
    assert refused(services.party_join, by=guest(), party=party.public_id) == "party_full"
    assert services.party_join(by=ada, party=party.public_id) == party, "again is no fault"
    assert refused(services.party_create, by=ada) == "in_a_party"
    assert refused(seek, by=ada, game="light-cycles", pool="live", seats=4, party=True) == "party_too_large"
    assert refused(seek, by=ada, game="light-cycles", pool="live", seats=8, rated=True, party=True) == "cannot_be_rated"
    Party.objects.update(active_at=Now() - timedelta(hours=13))
    assert services.parties_expire() == 1


def test_a_party_with_somebody_whom_one_keeps_away_cannot_be_joined() -> None:
    ada, ben = guest(), guest()
    Block.objects.create(player=ada, blocked=ben)
    assert refused(services.party_join, by=ben, party=party_of(ada).public_id) == "not_found"


# ── going ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_summons_is_told_for_half_a_minute_and_then_forgotten() -> None:
    ada, ben = guest(), guest()
    party_of(ada, ben)
    match = services.party_play(by=ada, game="connect-four")
    assert you(ada).go == match.public_id
    Summons.objects.update(at=Now() - timedelta(seconds=31))
    assert you(ada).go is None
    Summons.objects.update(at=Now() - timedelta(seconds=61))
    services.traces_sweep()
    assert Summons.objects.count() == 0
