"""Names of the seeded random streams, as the game spells them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """A random stream: its name, and whether the ante's number follows the name."""

    name: str
    ante: bool
    purpose: str


STREAMS = (
    Stream("shuffle", False, "the deck, once, when the run starts"),
    Stream("nr", True, "the deck, when a blind is selected"),
    Stream("cashout", True, "the deck, when a round's reward is taken"),
)

NUMBER = {stream.name: number for number, stream in enumerate(STREAMS)}
"""Index into STREAMS by name."""
