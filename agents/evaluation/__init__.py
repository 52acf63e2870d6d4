"""How well something plays: panels of seeds, players to compare with, intervals."""

from typing import Final

PLAYERS: Final = ("random", "greedy", "rule", "lookahead")
"""Names of ``players.BASELINES``, which takes a second to load."""
