"""A lineage as text, as DOT for Graphviz, and as JSON."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from jimbot_stream.replay.lineage.summary import Group, Link, Summary, short

FORMAT: Final = "jimbot-replay lineage/1"
"""Stands in the JSON; described in replay/README.md."""
_LONG: Final = 100
"""Letters of a fact that the text tells; JSON tells all."""
_PASSIVE: Final = {
    "decided by": "decided",
    "went on from": "led to the rest of",
    "seen under": "saw",
    "began with": "began",
    "took over the weights of": "gave its weights to",
    "made by": "made",
    "made for": "were those of",
    "first of": "began with",
    "of": "has",
    "learned from": "taught",
    "after": "came before",
    "took over": "was taken over by",
    "gave up": "was given up by",
    "turned down": "was turned down by",
    "kept": "stayed after",
    "because of": "led to",
    "tried to learn from": "was to teach",
    "left out": "was left out by",
    "played under": "ruled",
    "measured": "was measured by",
    "put into service": "was put into service by",
    "replaced": "was replaced by",
    "refused": "was refused by",
    "put back into service": "was put back into service by",
    "withdrew": "was withdrawn by",
    "with": "was that of",
}
"""Every relation, told from what came earlier."""
_COLOURS: Final = {
    "decision": "#e69f00",
    "game": "#f0e442",
    "checkpoint": "#56b4e9",
    "update": "#009e73",
    "run": "#0072b2",
    "evaluation": "#cc79a7",
    "service change": "#d55e00",
}
"""By kind; told apart by the colour-blind (Okabe and Ito, 2008)."""


def as_text(found: Summary) -> Iterator[str]:
    """Lines: each thing once, nearest first, with what it leads to and the event that says so."""
    forwards = found.trace.forwards
    around: dict[str, list[Link]] = {}
    for link in found.links:
        around.setdefault((link.earlier if forwards else link.later).id, []).append(link)
    for group in found.groups:
        links = around.get(group.id, [])
        if not links and group.depth and not group.facts:
            continue  # its name stands where it is led to
        yield _title(group) + _decisions(group)
        yield from _facts(group)
        yield from (_line(link, forwards) for link in links)
    if len(found.groups) == 1:
        yield "  nothing in the log came of it" if forwards else "  the log tells of no origin"


def _title(group: Group) -> str:
    kind = group.kind if len(group.members) == 1 else f"{group.kind}s"
    name = short(group.members[0]) if len(group.members) == 1 else group.name
    return f"{kind} {name}"


def _decisions(group: Group) -> str:
    return "" if group.decisions is None else f" ({group.decisions:,} decisions)"


def _facts(group: Group) -> Iterator[str]:
    for name, value in group.facts.items():
        if name == "decisions" and group.kind == "game":
            continue
        text = f"{value:,}" if name == "size" else str(value)
        shown = text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
        yield f"    {name.replace('_', ' ')} {shown}"


def _line(link: Link, forwards: bool) -> str:
    relation = _PASSIVE[link.relation] if forwards else link.relation
    to = link.later if forwards else link.earlier
    several = f" by {link.events:,} events" if link.events > 1 else ""
    until = f" … {link.last}" if link.last != link.first else ""
    part = f"{link.edges:,} of the " if link.edges < len(to.members) else ""
    return f"  {relation} {part}{_title(to)}{_decisions(to)}{several} [{link.first}{until}]"


def to_json(found: Summary, *, unreadable: int) -> bytes:
    """One JSON object."""
    value = {
        "format": FORMAT,
        "subject": str(found.trace.subject),
        "direction": "consequences" if found.trace.forwards else "origins",
        "unreadable_events": unreadable,
        "nodes": [_node(group) for group in found.groups],
        "edges": [_edge(link) for link in found.links],
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def _node(group: Group) -> dict[str, Any]:
    told = {"id": group.id, "kind": group.kind, "name": group.name, "depth": group.depth}
    return told | {"members": len(group.members), "facts": dict(group.facts)}


def _edge(link: Link) -> dict[str, Any]:
    return {
        "later": link.later.id,
        "relation": link.relation,
        "earlier": link.earlier.id,
        "edges": link.edges,
        "events": link.events,
        "first": link.first,
        "last": link.last,
    }


def to_dot(found: Summary) -> Iterator[str]:
    """Lines of a DOT digraph; arrows point from what came later to what it came from."""
    yield "digraph lineage {"
    yield "  rankdir=LR;"
    yield '  node [shape=box, style=filled, fontname="sans-serif"];'
    for group in found.groups:
        colour = quoted(_COLOURS.get(group.kind, "#eeeeee"))
        bold = ", penwidth=3" if group.depth == 0 else ""
        label = quoted(_title(group) + _decisions(group))
        yield f"  {quoted(group.id)} [label={label}, fillcolor={colour}{bold}];"
    for link in found.links:
        label = quoted(f"{link.relation}\n{link.first}")
        yield f"  {quoted(link.later.id)} -> {quoted(link.earlier.id)} [label={label}];"
    yield "}"


def quoted(text: str) -> str:
    """A quoted string of the DOT language, which reads a backslash in labels as an escape."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
