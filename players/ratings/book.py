"""The book of one pool: who stands where, and how a match changes it. Pure.

The applier opens it at the page of a few matches and their players, `recomputeratings` at its beginning; both write
with the one method `rate`, which is why they come to the same numbers.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from players.ratings import crowd, glicko2
from players.ratings.counting import MEETINGS_WITHIN_MS, Played, Seated, Why, periods_away, why_not
from players.ratings.scale import Standing

# Ends of matches are numbered in the order of their times but for moments: while the database's clock does not go back
# by a day, nothing older than this is asked for again.
_KEPT_MS = 2 * MEETINGS_WITHIN_MS


class Line(msgspec.Struct, frozen=True):
    """A player's line: how they stand, after how many counted matches, and when the last one ended and its number."""

    standing: Standing = Standing()
    matches: int = 0
    last_ms: int | None = None
    last_seq: int = 0

    def standing_at(self, now_ms: int) -> Standing:
        """With what absence has done to the deviation."""
        return glicko2.away(self.standing, periods_away(self.last_ms, now_ms))


class Rated(msgspec.Struct, frozen=True):
    """What a match did: the lines of its players before and after it, by primary key; or why it did nothing."""

    why: Why | None
    before: dict[int, Line]
    after: dict[int, Line]


class Book:
    """`lines`: by primary key; who has none is new. `met`: numbers and times of the last counted matches of each."""

    def __init__(self, lines: dict[int, Line] | None = None, met: dict[int, dict[int, int]] | None = None) -> None:
        self.lines = dict(lines or {})
        self._met: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for player, matches in (met or {}).items():
            self._met[player] = dict(matches)

    def rate(self, played: Played) -> Rated:
        """Enter a match; of matches, the lower number first."""
        why = why_not(played, lambda one, other: self._meetings(one, other, played.at_ms))
        if why is not None:
            return Rated(why, {}, {})
        before = {player: self.lines.get(player, Line()) for player in played.players}
        standings = {player: line.standing_at(played.at_ms) for player, line in before.items()}
        after = {
            player: Line(standing, before[player].matches + 1, played.at_ms, played.seq)
            for player, standing in _after(played, standings).items()
        }
        self.lines |= after
        self._remember(played)
        return Rated(None, before, after)

    def reset(self, player: int) -> None:
        """The player stands as a new one; that they played these matches stays known."""
        self.lines.pop(player, None)

    def _meetings(self, one: int, other: int, at_ms: int) -> int:
        since_ms = at_ms - MEETINGS_WITHIN_MS
        theirs = self._met[other]
        return sum(seq in theirs and ended_ms > since_ms for seq, ended_ms in self._met[one].items())

    def _remember(self, played: Played) -> None:
        for player in played.players:
            met = self._met[player]
            met[played.seq] = played.at_ms
            for seq in [seq for seq, ended_ms in met.items() if ended_ms <= played.at_ms - _KEPT_MS]:
                del met[seq]


def _after(played: Played, standings: dict[int, Standing]) -> dict[int, Standing]:
    """Two people are a game of Glicko-2, a rating period of its own; any other company is ranked as a whole."""
    if len(played.seats) == 2:
        return _duel(played, standings)
    teams = [[seat for seat in played.seats if seat.side == side] for side in played.sides]
    ranked = crowd.rated(
        [[standings[_player(seat)] for seat in team] for team in teams], [team[0].score or 0 for team in teams]
    )
    return {
        _player(seat): standing
        for team, found in zip(teams, ranked, strict=True)
        for seat, standing in zip(team, found, strict=True)
    }


def _duel(played: Played, standings: dict[int, Standing]) -> dict[int, Standing]:
    one, other = played.seats
    won = ((one.score or 0) > (other.score or 0)) - ((one.score or 0) < (other.score or 0))
    score = (1 + won) / 2
    a, b = standings[_player(one)], standings[_player(other)]
    return {
        _player(one): glicko2.rated(a, [glicko2.Game(b, score)]),
        _player(other): glicko2.rated(b, [glicko2.Game(a, 1 - score)]),
    }


def _player(seat: Seated) -> int:
    assert seat.player is not None, "the rules have seen to it"
    return seat.player
