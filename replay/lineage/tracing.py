"""From a thing to all that it came from, or to all that came from it."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from jimbot_stream.replay.lineage.graph import Edge, Graph, Node

_STOPS: Final = frozenset({"configuration", "environment", "rules"})
"""Everything shares these: going on from them would lead everywhere."""
_CHOICES: Final = frozenset({"gave up", "kept", "replaced", "withdrew", "refused", "turned down"})
"""Nothing of what was not taken is in what came later."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was reached, nearest first."""

    subject: Node
    forwards: bool
    """True: what came of it; else what it came from."""
    depths: dict[Node, int]
    """Edges between the subject and each thing, at least."""
    edges: list[Edge]


def trace(graph: Graph, subject: Node, *, forwards: bool) -> Trace:
    """Follow every edge once.

    Of a run only its beginning is an origin of what it made: what it did later is not. So is a
    choice told, but what was not chosen is not followed.
    """
    around = graph.earlier if forwards else graph.later
    depths, edges = {subject: 0}, []
    waiting, followed = deque([subject]), {subject}
    while waiting:
        node = waiting.popleft()
        if node.kind in _STOPS and node != subject:
            continue
        for edge in around.get(node, ()):
            edges.append(edge)
            following = edge.later if forwards else edge.earlier
            depths.setdefault(following, depths[node] + 1)
            if following not in followed and edge.relation not in _CHOICES:
                followed.add(following)
                waiting.append(following)
    return Trace(subject, forwards, depths, edges)
