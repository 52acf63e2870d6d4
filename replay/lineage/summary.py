"""A trace with long lists drawn together: a thousand updates of a run are one line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jimbot_stream.replay.lineage.graph import Edge, Fact, Graph, Node
from jimbot_stream.replay.lineage.tracing import Trace

MOST: Final = 6
"""More things of one kind and run than that are drawn together."""
_NEAR: Final = 2
"""Updates and checkpoints at most so many edges from the subject stay by themselves."""
_WITH_RUNS: Final = ("update", "checkpoint", "game")


@dataclass(slots=True)
class Group:
    """One thing, or several of a kind."""

    id: str
    kind: str
    name: str
    """Of the thing; of several: their number, and the first and the last one."""
    members: list[Node]
    depth: int
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def decisions(self) -> int | None:
        """In games; None for other things."""
        told = self.facts.get("decisions") if self.kind == "game" else None
        return int(told) if told is not None else None


@dataclass(slots=True)
class Link:
    """One edge, or several between the same groups with the same relation."""

    later: Group
    relation: str
    earlier: Group
    edges: int
    events: int
    first: str
    """Address of the first event that says so."""
    last: str
    """Address of the last one."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of a trace."""

    trace: Trace
    groups: list[Group]
    """Nearest first."""
    links: list[Link]


def summarised(graph: Graph, trace: Trace, *, everything: bool = False) -> Summary:
    """Draw together what is many, unless everything is wanted."""
    runs = _runs(graph)
    counts = Counter((node.kind, runs.get(node, "")) for node in trace.depths)
    groups: dict[str, Group] = {}
    of: dict[Node, Group] = {}
    for node, depth in trace.depths.items():
        run = runs.get(node, "")
        alone = everything or depth == 0 or counts[node.kind, run] <= MOST
        near = node.kind in ("update", "checkpoint") and depth <= _NEAR
        id_ = str(node) if alone or near else f"{node.kind}s:{run or 'others'}"
        group = groups.setdefault(id_, Group(id_, node.kind, node.name, [], depth))
        group.members.append(node)
        of[node] = group
    for group in groups.values():
        _name(graph, group, runs)
    return Summary(trace, list(groups.values()), _links(trace.edges, of))


def _runs(graph: Graph) -> dict[Node, str]:
    """The run that made a checkpoint or learned from a game, the first of several."""
    runs: dict[Node, str] = {}
    for node, edges in graph.later.items():
        for edge in edges:
            if node.kind == "update" and edge.relation == "learned from":
                runs.setdefault(edge.earlier, node.name.rpartition("/")[0])
            elif edge.relation == "made by":
                runs.setdefault(node, edge.earlier.name.rpartition("/")[0])
            elif edge.relation == "of":
                runs.setdefault(node, edge.earlier.name)
    return runs


def _name(graph: Graph, group: Group, runs: Mapping[Node, str]) -> None:
    first, last = group.members[0], group.members[-1]
    if len(group.members) == 1:
        group.facts = graph.facts.get(first, {})
        return
    ends = sorted((_order(graph, first), _order(graph, last)))
    run = runs.get(first, "")
    group.name = f"{len(group.members):,}{f' of {run}' if run else ''}: {ends[0][1]} … {ends[1][1]}"
    if group.kind == "game":
        told = (graph.facts.get(node, {}).get("decisions", 0) for node in group.members)
        group.facts = {"decisions": sum(int(each) for each in told)}


def _order(graph: Graph, node: Node) -> tuple[int, str]:
    """Updates by number; others by name."""
    number = node.name.rpartition("/")[2]
    if node.kind == "update" and number.isdecimal():
        return int(number), number
    return 0, short(node)


def short(node: Node) -> str:
    """A name for people: of a sha256 the first letters."""
    whole = node.kind in ("checkpoint", "evaluation") and len(node.name) > _LETTERS
    return node.name[:_LETTERS] if whole else node.name


_LETTERS: Final = 12


def _links(edges: list[Edge], of: Mapping[Node, Group]) -> list[Link]:
    links: dict[tuple[str, str, str], Link] = {}
    for edge in edges:
        later, earlier = of[edge.later], of[edge.earlier]
        last = f"{edge.last}@{edge.stream}"
        key = later.id, edge.relation, earlier.id
        known = links.get(key)
        if known is None:
            links[key] = Link(later, edge.relation, earlier, 1, edge.events, edge.address, last)
        else:
            known.edges += 1
            known.events += edge.events
            known.last = last
    return list(links.values())
