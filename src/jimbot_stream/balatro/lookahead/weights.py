"""The numbers of the judgement, each with its meaning."""

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Weights:
    """Doublings are binary logarithms of a score; antes are those that are still beaten."""

    growth: float = 1.1
    """Doublings by which a build is expected to grow in an ante."""
    dollar: float = 0.035
    """Doublings that a dollar buys, of the first 30."""
    rich_dollar: float = 0.012
    """Doublings that any further one buys."""
    steepness: float = 2.5
    """How surely a round that scores twice what is asked is beaten: 1 / (1 + 2**-steepness)."""
    begun: float = 0.25
    """How much of an ante's growth comes in time for the ante at hand."""
    free_slot: float = 0.3
    """Doublings that a free joker slot promises until the next ante; three count at most."""
    margin: float = -0.3
    """Doublings by which a round falls short of hands times the mean hand."""
    planet: float = 0.25
    """Doublings that a held planet promises, and so the next two."""
    tarot: float = 0.15
    spectral: float = 0.3
    hands: float = 8
    """Hands that a build is judged by."""
    tag: float = 1.0
    """Antes that the worth of a tag counts for."""
    blind: float = 0.5
    """Antes that a skipped blind costs: its reward, and a visit to the shop."""
    won: float = 3.0
    """Antes that a beaten round is worth in the midst of it."""
    lost: float = 0.5
    """Antes that a lost round is worth whose score was almost reached."""
    round_dollar: float = 0.03
    """Antes that a dollar is worth when the round is over, of the first 60."""
    pause: float = 0.01
    """Antes that anything must gain that is not the way on, so that nothing is done for nothing."""

    def array(self) -> NDArray[np.float64]:
        """As the kernels take them: the places are named below."""
        return np.array(astuple(self), dtype=np.float64)


(
    GROWTH,
    DOLLAR,
    RICH_DOLLAR,
    STEEPNESS,
    BEGUN,
    FREE_SLOT,
    MARGIN,
    PLANET,
    TAROT,
    SPECTRAL,
    HANDS,
    TAG,
    BLIND,
    WON,
    LOST,
    ROUND_DOLLAR,
    PAUSE,
) = range(len(fields(Weights)))
