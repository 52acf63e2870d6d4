"""A logistic curve made of plain arithmetic, so that its bits do not depend on a math library."""

import numpy as np

from jimbot_stream.balatro.lookahead.compiling import jit

_LN2 = 0.6931471805599453
_MOST = 1000.0
_BIAS = 1023
_SHIFT = np.uint64(52)
_TERMS = 14


@jit
def exp2(x: float) -> float:
    """2 to the power of x, to about twelve digits; x counts as within -1000 and 1000."""
    x = min(_MOST, max(-_MOST, x))
    whole = np.floor(x)
    part = (x - whole) * _LN2
    series = 1.0
    for n in range(_TERMS, 0, -1):
        series = 1.0 + series * part / n  # Taylor's, in Horner's form
    bits = np.uint64(np.int64(whole) + _BIAS) << _SHIFT
    return float(series * np.uint64(bits).view(np.float64))


@jit
def chance(doublings: float) -> float:
    """Probability ``1 / (1 + 2**-doublings)``."""
    return 1.0 / (1.0 + exp2(-doublings))
