"""Liar's dice, a game for Madang."""
