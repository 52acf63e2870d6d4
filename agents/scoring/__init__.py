"""The network's wide layers on a processor, as compiled loops that skip what is zero.

Nine tenths of a state's features are zero, and four fifths of a candidate's; after a ReLU half of
the numbers are. A matrix product multiplies them all the same. Here only the others count, each
row by itself: its bits depend neither on how many rows there are nor on where they stand.
"""

from jimbot_stream.agents.scoring.layers import linear, scores

__all__ = ["linear", "scores"]
