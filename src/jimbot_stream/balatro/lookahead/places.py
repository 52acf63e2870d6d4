"""The places of the scratch records that a search works in, and copying between them."""

from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.balatro.kernels import batch, transition
from jimbot_stream.balatro.lookahead import worlds
from jimbot_stream.balatro.lookahead.compiling import inlined, jit

# Not plain ints: Numba would compile everything anew for each of them.
TRUE: Final = cast(int, np.int64(0))
"""The run as it stands."""
WORLD: Final = cast(int, np.int64(1))
"""A world that its player takes for possible."""
DONE: Final = cast(int, np.int64(2))
"""That world after a candidate was carried out."""
NEXT: Final = cast(int, np.int64(3))
"""And after one more action."""
SPARE: Final = cast(int, np.int64(4))
COUNT: Final = 5


@jit
def imagine(states: NDArray[Any], rngs: NDArray[Any], key: np.uint64, number: int) -> None:
    """Make a world; equal keys and numbers make the same one for every candidate."""
    states[WORLD] = states[TRUE]
    worlds.imagine(states, rngs, WORLD, batch.splitmix64(key, np.uint64(number)))


@inlined
def carry_out(
    states: NDArray[Any],
    rngs: NDArray[Any],
    works: NDArray[Any],
    before: int,
    after: int,
    action: int,
) -> bool:
    """Carry an action out in a copy; False where the rules refuse it."""
    states[after] = states[before]
    rngs[after] = rngs[before]
    return transition.step(states, rngs, works, after, action) == 0
