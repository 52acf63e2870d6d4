"""From what a person types to the thing in the graph that is meant."""

from collections.abc import Mapping, Sequence
from typing import Final

from jimbot_stream.agents.lookup import is_hex
from jimbot_stream.contracts import DecisionMade
from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import UnknownSchemaError, read_event
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.naming import CHECKPOINT, EVALUATION, GAME, RUN, identifier
from jimbot_stream.replay.lineage.graph import Edge, Graph, Kind, Node
from jimbot_stream.replay.showing import AddressError, parse_address

_STREAMS: Final[Mapping[str, Kind]] = {
    GAME: "game",
    RUN: "run",
    EVALUATION: "evaluation",
    CHECKPOINT: "checkpoint",
}
_PLAIN: Final[Sequence[Kind]] = ("run", "evaluation", "game", "update")
"""Kinds of names that can be given without the stream's prefix."""


async def subject_of(log: LogReader, graph: Graph, text: str) -> Node:
    """The thing of an address; a decision is read from the log and put into the graph.

    Raises:
        AddressError: there is no such thing, or several.
        EventLogError: no answer.
    """
    revision, name = parse_address(text)
    if revision is not None:
        return await _event(log, graph, revision, name)
    for prefix, kind in _STREAMS.items():
        node = Node(kind, identifier(name))
        if name.startswith(prefix) and node in graph.facts:
            return node
    for kind in _PLAIN:
        if Node(kind, name) in graph.facts:
            return Node(kind, name)
    return _by_letters(graph, name.removeprefix(CHECKPOINT))


def _by_letters(graph: Graph, letters: str) -> Node:
    if is_hex(letters):
        kinds: Sequence[Kind] = ("checkpoint", "evaluation")
        found = [
            Node(kind, name)
            for kind in kinds
            for name in graph.named(kind)
            if name.startswith(letters)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise AddressError(
                f"{len(found)} checkpoints begin with {letters!r}: give more letters"
            )
    raise AddressError(
        f"the log tells of no {letters!r}: give REVISION@game-ID, game-ID, the name of a run, an"
        " evaluation's id, or the first letters of a checkpoint (jimbot-learn list tells them)"
    )


async def _event(log: LogReader, graph: Graph, revision: int, stream: str) -> Node:
    async for event in log.read_stream(stream, from_revision=revision, limit=1):
        if event.revision != revision:
            break
        if event.type != "DecisionMade":
            raise AddressError(
                f"{revision}@{stream} is a {event.type}, not a decision: give {stream} without a"
                " revision"
            )
        try:
            return _decision(graph, revision, stream, read_event(DecisionMade, event))
        except (ShapeError, UnknownSchemaError) as error:
            raise AddressError(f"{revision}@{stream} cannot be read: {error}") from error
    raise AddressError(f"{stream} has no event at revision {revision}")


def _decision(graph: Graph, revision: int, stream: str, made: DecisionMade) -> Node:
    """A decision came from weights and rules; the game goes on from it, not the reverse."""
    decision = Node("decision", f"{revision}@{stream}")
    graph.note(
        decision,
        number=made.decision_number,
        run_seed=made.run_seed,
        state=f"{made.state_revision}@{stream}",
        state_digest=made.state_digest,
        compute_class=made.compute_class,
    )
    for earlier, relation in (
        (Node("checkpoint", made.checkpoint), "decided by"),
        (Node("rules", made.rules_version), "seen under"),
    ):
        graph.join(Edge(decision, relation, earlier, stream, revision, revision))
    game = Node("game", identifier(stream))
    graph.join(Edge(game, "went on from", decision, stream, revision, revision))
    return decision
