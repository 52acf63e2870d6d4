"""What a player has unlocked and discovered: what is missing is a hole in the game's pools."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from jimbot_stream.balatro.tables.jokers import NUMBER as JOKER
from jimbot_stream.balatro.tables.tags import NUMBER as TAG
from jimbot_stream.balatro.tables.vouchers import NUMBER as VOUCHER

_SIGN = 63
"""The highest bit of a signed word."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Game keys of jokers and vouchers that are locked, and of tags that cannot be offered.

    Raises:
        ValueError: a key is none of its kind.
    """

    jokers: frozenset[str] = frozenset()
    vouchers: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, known in (("jokers", JOKER), ("vouchers", VOUCHER), ("tags", TAG)):
            unknown = sorted(set(getattr(self, name)) - set(known))
            if unknown:
                raise ValueError(f"{name} of a profile: there is no {', '.join(unknown)}")

    @classmethod
    def without(cls, keys: Iterable[str]) -> "Profile":
        """The profile that lacks what the keys name.

        Raises:
            ValueError: a key names no joker, voucher or tag.
        """
        lacking = frozenset(keys)
        for key in sorted(lacking):
            if key not in JOKER and key not in VOUCHER and key not in TAG:
                raise ValueError(f"{key!r} is no joker, voucher or tag")
        return cls(
            frozenset(key for key in lacking if key in JOKER),
            frozenset(key for key in lacking if key in VOUCHER),
            frozenset(key for key in lacking if key in TAG),
        )

    def lock(self, state: Any) -> None:
        """Write what is locked into the blank record of a run."""
        for key in self.jokers:
            word, bit = divmod(JOKER[key], 64)
            state["locked_jokers"][word] |= -(1 << bit) if bit == _SIGN else 1 << bit
        for key in self.vouchers:
            state["locked_vouchers"] |= 1 << VOUCHER[key]
        for key in self.tags:
            state["locked_tags"] |= 1 << TAG[key]


EVERYTHING: Final = Profile()
"""Nothing is locked."""
