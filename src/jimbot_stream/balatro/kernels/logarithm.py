"""A logarithm made of plain arithmetic, so that its bits do not depend on a math library."""

import numpy as np

from jimbot_stream.balatro.kernels import jit

_LN2 = 0.6931471805599453
_ROOT = 1.4142135623730951
_LARGEST = 1e300
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_ONE = np.uint64(0x3FF0000000000000)
_SHIFT = np.uint64(52)


@jit
def bounded(x: float) -> float:
    """X within 0 and 1e300; NaN counts as 0."""
    if x > _LARGEST:
        return _LARGEST
    return x if x > 0.0 else 0.0


@jit
def log2(x: float) -> float:
    """Binary logarithm of a normal positive number, to about ten digits."""
    bits = np.uint64(np.float64(x).view(np.uint64))
    exponent = float(np.int64(bits >> _SHIFT) - 1023)
    mantissa = float(np.uint64((bits & _MANTISSA) | _ONE).view(np.float64))
    if mantissa > _ROOT:
        mantissa /= 2.0
        exponent += 1.0
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    series = 1.0 / 13.0
    for n in (11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        series = series * q + 1.0 / n
    return exponent + 2.0 * s * series / _LN2


@jit
def log_scale(x: float) -> float:
    """Log2(1 + x) / 16: 0 at 0, about 1 at a score of 65,000; never past 63."""
    return log2(1.0 + bounded(x)) / 16.0
