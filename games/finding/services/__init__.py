"""Writes seeks, pairings, challenges, parties and summonses. Each function is one transaction, and gives a hint to
every player whom it concerns."""

from games.finding.services.seeks import seekers_seen

__all__ = ["seekers_seen"]
