"""What a joker answers when it is asked."""

from dataclasses import dataclass


@dataclass(slots=True)
class Effect:
    """Chips and mult to add, then what to multiply mult by."""

    chips: float = 0.0
    mult: float = 0.0
    xmult: float = 1.0
