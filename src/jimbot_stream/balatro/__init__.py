"""The rules of Balatro: exact with the game, seeded, fast; they know no bus and no model.

``engine`` plays, ``seeds`` foretells, ``codecs`` names actions, ``envs`` are environments for
learners; ``wire`` turns runs into contract messages and states into observations, ``view``
shows them to people.
"""

from jimbot_stream.balatro.version import RULES_VERSION

__all__ = ["RULES_VERSION"]
