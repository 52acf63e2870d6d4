"""Scores: a double, and beside it the exact decimal string once a double is not enough."""

import re
from math import isfinite

from jimbot_stream.streams.intake.rejection import Rejected

EXACT_INTEGERS = 2**53
MOST_DIGITS = 309
"""The largest double has this many digits; the game itself counts in doubles."""

_DIGITS = re.compile(r"[1-9][0-9]*")


def check_score(value: float, exact: str, field: str) -> None:
    """Check a score and its exact form.

    Raises:
        Rejected: either is impossible, or they differ.
    """
    if not isfinite(value):
        raise Rejected("bad_score", field, f"{value} is not a score")
    if value < 0:
        raise Rejected("bad_score", field, f"a score cannot be {value}")
    if exact:
        _check_exact(value, exact, f"{field}_exact")


def _check_exact(value: float, exact: str, field: str) -> None:
    if len(exact) > MOST_DIGITS:
        raise Rejected("bad_score", field, f"no double can hold a score of {len(exact)} digits")
    if not _DIGITS.fullmatch(exact):
        raise Rejected("bad_score", field, "expected decimal digits without a leading zero")
    number = int(exact)
    if number <= EXACT_INTEGERS:
        raise Rejected("bad_score", field, "must be empty up to 2^53, where the double is exact")
    if _double(number, field) != value:
        raise Rejected("bad_score", field, f"is not the exact form of {value!r}")


def _double(number: int, field: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Rejected("bad_score", field, "no double can hold this score") from None
