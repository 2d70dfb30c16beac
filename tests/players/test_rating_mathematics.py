"""The mathematics of ratings against what others have published, and the laws that hold whatever is played."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openskill.models import PlackettLuce

from players.ratings import crowd, glicko2
from players.ratings.glicko2 import Game
from players.ratings.scale import Standing, is_provisional

standings = st.builds(
    Standing,
    st.floats(500, 2700).map(lambda one: round(one, 4)),
    st.floats(30, 350).map(lambda one: round(one, 4)),
    st.floats(0.04, 0.09).map(lambda one: round(one, 8)),
)
scores = st.sampled_from([0.0, 0.5, 1.0])


def test_the_worked_example_of_glickmans_paper_comes_out():
    player = Standing(1500, 200, 0.06)
    games = [
        Game(Standing(1400, 30), 1),
        Game(Standing(1550, 100), 0),
        Game(Standing(1700, 300), 0),
    ]
    rating, deviation, volatility = glicko2.rated(player, games, tau=0.5)
    assert (rating, deviation, volatility) == pytest.approx((1464.05, 151.52, 0.05999), abs=0.02)
    # To the digits that are kept: 1464.050671, 151.516524, 0.05999598 by arithmetic of full precision.
    assert (rating, deviation, volatility) == (1464.0507, 151.5165, 0.05999598)


def test_a_period_without_games_only_makes_less_certain():
    assert glicko2.rated(Standing(1500, 200, 0.06), []) == Standing(1500, 200.2714, 0.06)


def test_who_is_known_to_60_points_is_nearly_provisional_after_a_year_away():
    after = glicko2.away(Standing(1800, 60), 365 // 5)
    assert after.rating == 1800
    assert 105 < after.deviation < 110
    assert is_provisional(glicko2.away(Standing(1800, 60), 400 // 5).deviation)


def test_nobody_becomes_less_known_than_a_new_player():
    assert glicko2.away(Standing(1800, 60), 100_000).deviation == 350


@given(standings, standings, scores)
def test_two_equal_volatilities_aside_a_game_moves_both_apart(a, b, score):
    """Who scores more than expected rises, who scores less falls; never both up or both down."""
    after_a, after_b = glicko2.rated(a, [Game(b, score)]), glicko2.rated(b, [Game(a, 1 - score)])
    assert (after_a.rating - a.rating) * (after_b.rating - b.rating) <= 0


@given(standings, standings)
def test_winning_is_never_worse_than_a_draw_nor_a_draw_than_losing(a, b):
    lost, drawn, won = (glicko2.rated(a, [Game(b, score)]).rating for score in (0, 0.5, 1))
    assert lost < drawn < won


@given(standings, standings, scores)
def test_equal_players_gain_and_lose_alike(a, b, score):
    twin = a
    assert glicko2.rated(a, [Game(twin, 1)]).rating - a.rating == pytest.approx(
        a.rating - glicko2.rated(twin, [Game(a, 0)]).rating, abs=0.001
    )


@given(st.lists(st.tuples(standings, scores), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_games_within_a_period_does_not_matter(games, random):
    listed = [Game(*one) for one in games]
    shuffled = listed.copy()
    random.shuffle(shuffled)
    player = Standing(1500, 200)
    assert glicko2.rated(player, shuffled) == pytest.approx(glicko2.rated(player, listed), abs=0.0002)


def test_the_published_values_of_openskill_come_out_on_our_scale():
    """27.635389 ± 8.065901 and 22.364611 ± 8.065901: two new players, one of whom wins; 42 points are one unit."""
    [[won], [lost]] = crowd.rated([[Standing()], [Standing()]], [2, 0])
    assert won[:2] == pytest.approx((1500 + 42 * 2.635389, 42 * 8.065901), abs=0.0001)
    assert lost[:2] == pytest.approx((1500 - 42 * 2.635389, 42 * 8.065901), abs=0.0001)
    model = PlackettLuce()
    [[theirs], _] = model.rate([[model.rating()], [model.rating()]])
    assert (theirs.mu, theirs.sigma) == pytest.approx((27.635389, 8.065901), abs=1e-6)


@given(st.lists(standings, min_size=3, max_size=6), st.data())
def test_a_ranking_does_not_depend_on_the_order_of_seats(players, data):
    places = data.draw(st.permutations(range(len(players))))
    order = data.draw(st.permutations(range(len(players))))
    plain = crowd.rated([[one] for one in players], places)
    turned = crowd.rated([[players[i]] for i in order], [places[i] for i in order])
    for at, i in enumerate(order):
        assert turned[at][0] == pytest.approx(plain[i][0], abs=0.001)


@given(st.lists(standings, min_size=3, max_size=6))
def test_among_equals_each_place_is_worth_more_than_the_next(players):
    equal = [[players[0]] for _ in players]
    after = [side[0].rating for side in crowd.rated(equal, range(len(equal), 0, -1))]
    assert after == sorted(after, reverse=True)
    assert after[0] > players[0].rating > after[-1]


def test_a_tie_of_all_leaves_equals_where_they_were():
    after = crowd.rated([[Standing()]] * 4, [1, 1, 1, 1])
    assert {side[0].rating for side in after} == {1500.0}


def test_of_a_team_the_less_known_member_moves_more():
    [[known, new], _] = crowd.rated([[Standing(1500, 60), Standing()], [Standing(), Standing()]], [2, 0])
    assert 1500 < known.rating < new.rating
