"""The ids under which ``gymnasium.make`` and ``make_vec`` find the environments."""

from typing import Final

import gymnasium

VERSION: Final = "JimBot/Balatro-v1"
"""The one game, by flat actions."""


def register() -> None:
    """Make the id known, once."""
    if VERSION in gymnasium.registry:
        return
    gymnasium.register(
        VERSION,
        entry_point="jimbot_stream.balatro.envs.single:BalatroEnv",
        vector_entry_point="jimbot_stream.balatro.envs.vector:BalatroVectorEnv",
    )
