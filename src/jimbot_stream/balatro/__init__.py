"""The rules of Balatro: exact with the game, seeded, fast; they know no bus and no model.

First storey: the red deck, three blinds an ante, poker hands at their base score, cash-out
and a shop to walk through; jokers, consumables, vouchers and boss effects come on top.
``engine`` plays, ``wire`` turns runs into contract messages and states into observations,
``view`` shows them to people.
"""

from jimbot_stream.balatro.version import RULES_VERSION

__all__ = ["RULES_VERSION"]
