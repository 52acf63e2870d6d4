"""Things that the log tells of, and which came from which."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal[
    "decision",
    "game",
    "checkpoint",
    "update",
    "run",
    "exchange",  # of a member of a population
    "rejection",  # of what an update made, or of an update
    "exclusion",  # of a game from an update
    "evaluation",
    "service change",
    "configuration",
    "environment",  # versions of libraries, and class of processor
    "rules",
]


class Node(NamedTuple):
    """One thing."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        """Name of the node in JSON and DOT."""
        return f"{self.kind}:{self.name}"


class Edge(NamedTuple):
    """The later came from the earlier, as events say."""

    later: Node
    relation: str
    earlier: Node
    stream: str
    first: int
    """Revision of the first event that says so."""
    last: int
    """Revision of the last one in that stream."""
    events: int = 1
    """How many there are."""

    @property
    def address(self) -> str:
        """Of the first."""
        return f"{self.first}@{self.stream}"


Fact = str | int


@dataclass(slots=True)
class Graph:
    """All things and edges, each in the order in which the log told them."""

    facts: dict[Node, dict[str, Fact]] = field(default_factory=dict)
    """What else is known of a thing; every known thing is here."""
    later: dict[Node, list[Edge]] = field(default_factory=dict)
    """Edges by what came later."""
    earlier: dict[Node, list[Edge]] = field(default_factory=dict)
    """The same edges by what they came from."""

    def note(self, node: Node, **facts: Fact) -> None:
        """Know a thing, and facts of it that are not empty."""
        known = self.facts.setdefault(node, {})
        known.update({name: value for name, value in facts.items() if value != ""})

    def join(self, edge: Edge) -> None:
        """Take an edge; things without a name are no things."""
        if edge.later.name and edge.earlier.name:
            self.facts.setdefault(edge.later, {})
            self.facts.setdefault(edge.earlier, {})
            self.later.setdefault(edge.later, []).append(edge)
            self.earlier.setdefault(edge.earlier, []).append(edge)

    def named(self, kind: Kind) -> Iterator[str]:
        """Names of all things of a kind."""
        return (node.name for node in self.facts if node.kind == kind)
