"""The runner: what is due is done once, whatever dies in the middle, and results come from the records of matches."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from games.models import Command, Entry, Match
from tests.games.played import _append, _sealed, aborted, played
from tests.tournaments.kit import SECOND_WINS, created, end_all, fold_of, run, with_players
from tournaments import log, presence, results, runner
from tournaments.formats import due as deciding
from tournaments.formats.entries import DRAW, LOSS, WIN, Line, read
from tournaments.formats.fold import Fold, folded
from tournaments.formats.standings import standings
from tournaments.models import Pairing, Presence, Tournament

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "BREAK_MS", 0)


def consistent(tournament: Tournament) -> Fold:
    """The log folds, and the rows say what it says."""
    rows = tournament.entries.order_by("n").values_list("n", "body")
    fold = folded(Line(n, 0, read(body)) for n, body in rows)
    pairings = {one.match.public_id: one for one in tournament.pairings.select_related("match")}
    assert set(pairings) == set(fold.boards)
    assert {match for match, one in pairings.items() if one.open} == {board.match for board in fold.open}
    busy = [who for board in fold.open for who in board.players]
    assert len(busy) == len(set(busy)), "somebody plays twice at once"
    for match, pairing in pairings.items():
        sitting = [seat.player.public_id for seat in pairing.match.sitting.order_by("index")]
        assert tuple(sitting) == fold.boards[match].players
    tournament.refresh_from_db()
    assert tournament.status == fold.status
    return fold


@pytest.mark.parametrize(("format_", "count", "rounds"), [("swiss", 5, 3), ("round_robin", 4, 3)])
def test_rounds_are_played_to_the_end(format_: str, count: int, rounds: int) -> None:
    tournament, _players = with_players(count, format=format_, rounds=rounds)
    for _ in range(rounds):
        run(tournament)
        assert tournament.status == "running"
        assert tournament.pairings.filter(open=True).count() == count // 2
        end_all(tournament)
    run(tournament)
    fold = consistent(tournament)
    assert fold.status == "finished"
    assert tournament.ended_at is not None
    assert sum(place.points for place in standings(fold)) == 2 * rounds * (count // 2 + count % 2)


def test_an_arena_pairs_who_is_here_and_again_when_they_are_free() -> None:
    tournament, players = with_players(3)
    Presence.objects.all().delete()
    presence._seen.clear()
    for player in players[:2]:
        presence.seen(tournament.pk, player.pk)
    run(tournament)
    (pairing,) = tournament.pairings.all()
    assert {seat.player for seat in pairing.match.sitting.all()} == set(players[:2])
    end_all(tournament, SECOND_WINS)
    run(tournament)
    assert len(consistent(tournament).boards) == 1, "they are still at the board"
    for player in players[:2]:
        presence.seen(tournament.pk, player.pk)
    run(tournament)
    fold = consistent(tournament)
    assert len(fold.boards) == 2, "two alone meet again"
    second = fold.boards[pairing.match.public_id].players[1]
    assert fold.players[second].points == WIN


def test_a_page_that_is_long_in_the_background_is_here_while_its_socket_is(monkeypatch: pytest.MonkeyPatch) -> None:
    tournament, (ann, bo) = with_players(2)
    presence.store()
    Presence.objects.filter(player=ann).update(seen_at=timezone.now() - timedelta(seconds=60))
    assert presence.present(tournament) == {bo.public_id}
    monkeypatch.setattr("games.lobby.selectors.present", set)
    assert presence.present(tournament) == {ann.public_id, bo.public_id}
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=80))
    assert presence.present(tournament) == set()


def test_the_time_of_an_arena_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tournament, _players = with_players(2)
    run(tournament)
    tournament.entries.filter(kind="start").update(at=timezone.now() - timedelta(hours=2))
    monkeypatch.setattr(log, "run", log.Folds())
    run(tournament)
    assert tournament.status == "finished"
    assert not Presence.objects.exists()
    assert tournament.pairings.filter(open=True).count() == 1, "what is still played does not count"


def test_a_tournament_of_one_does_not_take_place() -> None:
    tournament, _players = with_players(1)
    run(tournament)
    assert (tournament.status, fold_of(tournament).why) == ("cancelled", "few")


def test_a_match_has_one_result_and_a_round_one_match_for_each_board() -> None:
    tournament, _players = with_players(4, format="swiss")
    run(tournament)
    end_all(tournament)
    pairing = tournament.pairings.first()
    assert pairing is not None
    run(tournament)
    fold = fold_of(tournament)
    again = runner._settle([(pairing.match_id, fold.results[pairing.match.public_id])])
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        again(tournament, fold.n)
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        Pairing.objects.create(
            match=Match.objects.exclude(tournament_pairing__in=tournament.pairings.all()).first() or played(),
            tournament=tournament,
            round=1,
            board=1,
        )


def test_two_who_look_at_once_do_it_once() -> None:
    tournament, _players = with_players(4, format="swiss")
    run(tournament)
    end_all(tournament)
    seen = fold_of(tournament).n
    ended = results.results_of(tournament)
    write = runner._settle(ended)
    assert runner._written(tournament, seen, write)
    assert runner._written(tournament, seen, write)
    assert consistent(tournament).n == seen + 2


def test_only_one_process_takes_what_is_due_and_a_hint_brings_it_at_once() -> None:
    tournament, _players = with_players(2)
    assert runner.take(()) == [tournament.pk]
    assert runner.take(()) == []
    run(tournament)
    Tournament.objects.update(due_at=timezone.now() + timedelta(hours=1))
    match = Match.objects.get()
    assert runner.take({match.public_id, "unknown"}) == [tournament.pk]
    later = created(start_at=timezone.now() + timedelta(hours=1))
    assert runner.take(()) == []
    assert later.status == "coming"


# ── results ─────────────────────────────────────────────────────────────────────────────────────────────────


def outcome(tournament: Tournament) -> Any:
    (found,) = results.results_of(tournament)
    return found[1]


def one_match(**facts: Any) -> tuple[Tournament, Match]:
    tournament, _players = with_players(2, **({"format": "swiss"} | facts))
    run(tournament)
    return tournament, Match.objects.get(tournament_pairing__tournament=tournament)


def test_a_match_counts_as_its_record_says() -> None:
    tournament, match = one_match()
    played(match, SECOND_WINS)
    assert (outcome(tournament).points, outcome(tournament).how) == ((LOSS, WIN), "played")


def test_who_calls_a_match_off_has_lost_it_and_an_organiser_costs_nobody_anything() -> None:
    tournament, match = one_match()
    _append(match, "abort", 1, 1, '{"why":"player"}')
    _sealed(match)
    assert (outcome(tournament).points, outcome(tournament).how) == ((WIN, LOSS), "called_off")
    run(tournament)
    second = Match.objects.get(tournament_pairing__open=True)
    aborted(second)
    assert outcome(tournament).how == "void"
    run(tournament)
    assert sorted(one.points for one in fold_of(tournament).players.values()) == [DRAW, WIN + DRAW]


def test_who_does_not_make_the_first_move_loses_and_who_came_wins() -> None:
    tournament, match = one_match()
    assert results.missing_in(tournament) == []
    late = timezone.now() - results.FIRST_MOVE - timedelta(seconds=1)
    Match.objects.update(started_at=late)
    Entry.objects.update(at=late)
    assert results.missing_in(tournament) == [(match, {0})]
    assert runner.advance(tournament.pk) is False
    (wish,) = Command.objects.all()
    assert (wish.kind, wish.match, wish.body["why"], wish.body["seats"]) == ("abort", match, "absent", [0])
    assert "did not come" in wish.body["words"]
    runner.advance(tournament.pk)
    assert Command.objects.count() == 1, "it is wished once"
    _append(match, "abort", None, None, '{"why":"absent"}')
    _sealed(match)
    found = outcome(tournament)
    assert (found.points, found.how, found.idle) == ((LOSS, WIN), "absent", (0,))


def test_who_moved_in_the_meantime_is_not_blamed() -> None:
    tournament, match = one_match()
    services_wish = {"why": "absent", "seats": [0]}
    Command.objects.create(match=match, kind="abort", body=services_wish)
    played(match, [3])
    _append(match, "abort", None, None, '{"why":"absent"}')
    _sealed(match)
    assert outcome(tournament).how == "void"


def test_a_match_in_which_both_have_moved_is_never_looked_at_again() -> None:
    tournament, match = one_match()
    played(match, [3, 3])
    Match.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    assert results.missing_in(tournament) == []
    assert Pairing.objects.get().begun


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────


class Died(Exception):
    pass


@pytest.mark.parametrize("seed", range(4))
def test_a_runner_that_dies_between_any_two_writes_leaves_a_tournament_that_goes_on(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write of the runner may be its last, with its transaction half done; another one takes over."""
    rng = random.Random(seed)
    format_ = rng.choice(["arena", "swiss", "round_robin"])
    tournament, players = with_players(rng.randint(4, 5), format=format_, rounds=3, minutes=60)
    for target, name in ((runner.log, "append"), (Pairing.objects, "create"), (runner, "match_arrange")):
        monkeypatch.setattr(target, name, perhaps_dying(getattr(target, name), rng))
    for _ in range(25):
        with contextlib.suppress(Died):
            run(tournament)
        fold = consistent(tournament)
        if fold.status == "finished":
            break
        for player in players:
            presence.seen(tournament.pk, player.pk)
        for board in rng.sample(fold.open, rng.randint(0, len(fold.open))):
            match = Match.objects.get(public_id=board.match)
            if match.status == "live":
                played(match, SECOND_WINS)
    assert consistent(tournament).status == "finished" or format_ == "arena"


def perhaps_dying(call: Any, rng: random.Random) -> Any:
    def dying(*args: Any, **kwargs: Any) -> Any:
        if rng.random() < 0.2:
            raise Died
        answer = call(*args, **kwargs)
        if rng.random() < 0.1:
            raise Died
        return answer

    return dying
