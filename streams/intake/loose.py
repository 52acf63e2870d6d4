"""Reading JSON objects of foreign programs: irregular, but never guessed at.

Lua knows one kind of table, so an empty object may come as ``[]`` and an empty list as
``{}``; scalars inside arrays may be quoted. That much is understood here; anything else
of a wrong type is refused with its path.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from jimbot_stream.streams.intake.rejection import Rejected

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?")
_NO_NUMBERS = frozenset({"nan", "-nan", "inf", "-inf", "infinity", "-infinity", "naneinf"})
_EXACT = 2**53
_INT32 = 2**31


class Given:
    """An object as a foreign program gave it; every method names the path when it refuses.

    Raises:
        Rejected: the value is of another type than asked for.
    """

    __slots__ = ("path", "value")

    def __init__(self, value: object, path: str = "") -> None:
        """Take a decoded JSON value; None and ``[]`` are empty objects."""
        if value is None or value == []:
            value = {}
        if not isinstance(value, dict):
            raise _wrong(path, "an object", value)
        self.value: dict[str, Any] = value
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def at(self, key: str) -> str:
        """Path of a field."""
        return f"{self.path}.{key}" if self.path else key

    def object(self, key: str) -> "Given":
        """The object in a field; absent and ``[]`` are empty ones."""
        return Given(self.value.get(key), self.at(key))

    def fields(self) -> "Iterator[tuple[str, Given]]":
        """Every field, each an object."""
        for key, value in self.value.items():
            yield key, Given(value, self.at(key))

    def array(self, key: str) -> list[Any]:
        """The list in a field; absent and ``{}`` are empty ones."""
        value = self.value.get(key)
        if value is None or value == {}:
            return []
        if not isinstance(value, list):
            raise _wrong(self.at(key), "a list", value)
        return value

    def objects(self, key: str) -> "list[Given]":
        """The list of objects in a field."""
        path = self.at(key)
        return [Given(item, f"{path}[{i}]") for i, item in enumerate(self.array(key))]

    def integers(self, key: str) -> list[int]:
        """The list of integers in a field."""
        path = self.at(key)
        return [
            _within(_integer(item, f"{path}[{i}]"), f"{path}[{i}]", -_INT32, _INT32 - 1)
            for i, item in enumerate(self.array(key))
        ]

    def text(self, key: str) -> str:
        """The string in a field; absent is empty."""
        value = self.value.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise _wrong(self.at(key), "a string", value)
        return value

    def name(self, key: str) -> str:
        """The string in a field, for which a number may stand, as in ranks and ids."""
        value = self.value.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(_integer(value, self.at(key)))
        return self.text(key)

    def flag(self, key: str) -> bool:
        """The truth value in a field; absent is false."""
        value = self.value.get(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise _wrong(self.at(key), "true or false", value)
        return value

    def integer(self, key: str, *, least: int = -_INT32, most: int = _INT32 - 1) -> int:
        """The integer in a field, quoted or not; absent is 0."""
        return _within(_integer(self.value.get(key), self.at(key)), self.at(key), least, most)

    def dollars(self, key: str) -> int:
        """The amount in a field; absent is 0."""
        return self.integer(key, least=-_EXACT, most=_EXACT)

    def score(self, key: str) -> float:
        """The score in a field, quoted or not; absent is 0."""
        value = self.value.get(key)
        if value is None:
            return 0.0
        if isinstance(value, str) and value.lower() in _NO_NUMBERS:
            raise Rejected("bad_score", self.at(key), f"{value} is not a score")
        quoted = isinstance(value, str) and _NUMBER.fullmatch(value) is not None
        if not quoted and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise _wrong(self.at(key), "a number", value)
        return _finite(value, self.at(key))


def word(known: Mapping[str, str], value: str) -> str:
    """Our word for a foreign one; empty for one that nobody knows."""
    return known.get(value, "")


def _wrong(path: str, wanted: str, value: object) -> Rejected:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    return Rejected("wrong_type", path, f"expected {wanted}, got {shown}")


def _integer(value: object, path: str) -> int:
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    raise _wrong(path, "an integer", value)


def _within(number: int, path: str, least: int, most: int) -> int:
    if not least <= number <= most:
        raise Rejected("out_of_range", path, f"expected {least} to {most}, got {number}")
    return number


def _finite(value: Any, path: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise Rejected("bad_score", path, "no double can hold this score")
    return number
