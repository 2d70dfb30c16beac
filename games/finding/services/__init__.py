"""Writes seeks, pairings, challenges, parties and summonses. Each function is one transaction, and gives a hint to
every player whom it concerns."""

from games.finding.services.challenges import challenge_answer, challenge_create, challenge_withdraw, challenges_expire
from games.finding.services.pairings import pairing_answer, pairings_expire
from games.finding.services.parties import (
    parties_expire,
    party_create,
    party_join,
    party_leave,
    party_play,
    party_send_away,
)
from games.finding.services.passing import queues_pass
from games.finding.services.seeks import seek_create, seek_withdraw, seekers_seen, seeks_sweep
from games.finding.services.summons import players_summon, traces_sweep

__all__ = [
    "challenge_answer",
    "challenge_create",
    "challenge_withdraw",
    "challenges_expire",
    "pairing_answer",
    "pairings_expire",
    "parties_expire",
    "party_create",
    "party_join",
    "party_leave",
    "party_play",
    "party_send_away",
    "players_summon",
    "queues_pass",
    "seek_create",
    "seek_withdraw",
    "seekers_seen",
    "seeks_sweep",
    "traces_sweep",
]
