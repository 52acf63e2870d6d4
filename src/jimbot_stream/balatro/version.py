"""Version of the rules: changes when a game, a mask or an observation would come out otherwise.

Making the same rules faster does not change it. Every logged game and every checkpoint
bears it, so that a replay knows at once whether it can be exact.
"""

RULES_VERSION = "1.0.1o/1"
"""Version of the game whose rules these are, and a counter."""
