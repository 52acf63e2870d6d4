"""How well something plays: panels of seeds, players to compare with, intervals."""
