"""The simulation of finding a match: everyone who plays was found once, and who is alone is left."""

from __future__ import annotations

from bench.finding import Site, part, simulate


def test_a_simulated_site_brings_people_together_again_and_again() -> None:
    figures = simulate(Site("a small one", players=41, seconds=900))
    assert len(figures.waits_s) > 41
    assert len(figures.passes_ms) == 900
    assert part(figures.waits_s, 0.5) <= part(figures.waits_s, 0.95) <= max(figures.waits_s)


def test_all_who_come_at_once_are_found_but_the_odd_one() -> None:
    figures = simulate(Site("at once", players=201, seconds=70, at_once=True))
    assert (len(figures.waits_s), figures.left) == (200, 1)
