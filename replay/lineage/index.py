"""The graph of a log, made in one pass; states and actions are not even read."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from google.protobuf.message import Message

from jimbot_stream.contracts import (
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
    CheckpointSaved,
    CheckpointsPruned,
    CurriculumAdvanced,
    EpisodeRejected,
    EvaluationCompleted,
    EvaluationStarted,
    GameStarted,
    PopulationExploited,
    RunEnded,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.eventlog import LogReader, RecordedEvent
from jimbot_stream.eventlog.naming import CHECKPOINT, GAME, identifier
from jimbot_stream.replay.history import understand
from jimbot_stream.replay.lineage.graph import Edge, Graph, Kind, Node

DIGITS: Final = 12
"""Of the sha256 by which configurations and environments are named."""


@dataclass(slots=True)
class Index:
    """A log as a graph, while it is read and afterwards."""

    graph: Graph = field(default_factory=Graph)
    unreadable: int = 0
    """Events that could not be understood; `jimbot-replay verify` names them."""
    _decided: dict[tuple[Node, Node], list[int]] = field(default_factory=dict)
    """First and last revision, and number, of decisions by game and checkpoint."""
    _exchanged: dict[str, Node] = field(default_factory=dict)
    """By run, what it took over since its last update."""

    def take(self, event: RecordedEvent) -> None:
        """Note what an event says."""
        if event.type == "DecisionMade":
            self._decide(event)
            return
        entry = understand(event)
        if entry.message is None:
            self.unreadable += 1
            return
        _TAKERS[event.type](self, event, entry.message)

    def close(self) -> Graph:
        """The graph, when everything was read."""
        for (game, checkpoint), (first, last, count) in self._decided.items():
            edge = Edge(game, "decided by", checkpoint, GAME + game.name, first, last, count)
            self.graph.join(edge)
        self._decided.clear()
        return self.graph

    def _decide(self, event: RecordedEvent) -> None:
        try:
            told: Any = orjson.loads(event.data)
            checkpoint = str(told.get("checkpoint", ""))
        except (ValueError, AttributeError):
            self.unreadable += 1
            return
        game = Node("game", identifier(event.stream))
        facts = self.graph.facts.setdefault(game, {})
        facts["decisions"] = int(facts.get("decisions", 0)) + 1
        if checkpoint:
            key = game, Node("checkpoint", checkpoint)
            found = self._decided.setdefault(key, [event.revision, event.revision, 0])
            found[1:] = event.revision, found[2] + 1

    def join(self, event: RecordedEvent, later: Node, relation: str, earlier: Node) -> None:
        """One event says that one thing came from another."""
        revision = event.revision
        self.graph.join(Edge(later, relation, earlier, event.stream, revision, revision))

    def begin_run(self, event: RecordedEvent, told: RunStarted) -> None:
        """A run, its first weights, and what it was told."""
        run = Node("run", told.run_id)
        first = Node("checkpoint", told.checkpoint)
        self.graph.note(run, algorithm=told.algorithm, seed=told.run_seed, gate=told.gate_json)
        self.join(event, run, "began with", first)
        self.join(event, run, "took over the weights of", Node("checkpoint", told.begun_from))
        self._configured(event, run, told.config_json, told.environment_json)

    def update(self, event: RecordedEvent, told: UpdateApplied) -> None:
        """An update, what it learned from, and what it made."""
        node = Node("update", f"{told.run_id}/{told.update}")
        self.graph.note(
            node,
            steps=told.steps,
            threads=told.threads,
            shuffle_seed=told.shuffle_seed,
            rollout=_rollout(told),
            memory=told.memory_in,
        )
        self.join(event, Node("checkpoint", told.checkpoint_out), "made by", node)
        self.join(event, node, "began with", Node("checkpoint", told.checkpoint_in))
        self.join(event, node, "of", Node("run", told.run_id))
        for episode in told.episodes:
            self.join(event, node, "learned from", Node("game", episode.game_id))
        exchange = self._exchanged.pop(told.run_id, None)
        if exchange is not None:
            self.join(event, node, "after", exchange)
        self._configured(event, node, told.config_json, told.environment_json)

    def save(self, event: RecordedEvent, told: CheckpointSaved) -> None:
        """A checkpoint; the one that a run began with has no update that made it."""
        checkpoint = Node("checkpoint", told.checkpoint)
        if event.stream.startswith(CHECKPOINT) and "saved" in self.graph.facts.get(checkpoint, {}):
            return  # it repeats what the run's own stream says
        self.graph.note(checkpoint, size=told.size, saved=f"{event.revision}@{event.stream}")
        self.join(event, checkpoint, "made for", Node("rules", told.rules_version))
        if told.update == 0 and told.run_id:
            self.join(event, checkpoint, "first of", Node("run", told.run_id))

    def exchange(self, event: RecordedEvent, told: PopulationExploited) -> None:
        """What a member took over; what it makes from then on comes from it."""
        node = Node("exchange", f"{event.revision}@{event.stream}")
        self.graph.note(node, generation=told.generation, update=told.update)
        self.join(event, node, "took over", Node("checkpoint", told.from_checkpoint))
        self.join(event, node, "gave up", Node("checkpoint", told.checkpoint_before))
        self.join(event, node, "of", Node("run", told.run_id))
        self._configured(event, node, told.config_json, "")
        self._exchanged[told.run_id] = node

    def reject(self, event: RecordedEvent, told: UpdateRejected) -> None:
        """What was turned down, by which evaluation, and what it would have learned from."""
        node = Node("rejection", f"{event.revision}@{event.stream}")
        self.graph.note(node, update=told.update, cause=told.cause, reason=told.reason)
        self.join(event, node, "turned down", Node("checkpoint", told.rejected))
        self.join(event, node, "kept", Node("checkpoint", told.checkpoint))
        self.join(event, node, "because of", Node("evaluation", told.evaluation_id))
        self.join(event, node, "of", Node("run", told.run_id))
        for episode in told.episodes:
            self.join(event, node, "tried to learn from", Node("game", episode.game_id))

    def exclude(self, event: RecordedEvent, told: EpisodeRejected) -> None:
        """A game that was left out."""
        node = Node("exclusion", f"{event.revision}@{event.stream}")
        self.graph.note(node, update=told.update, cause=told.cause, reason=told.reason)
        self.join(event, node, "left out", Node("game", told.episode.game_id))
        self.join(event, node, "of", Node("run", told.run_id))

    def prune(self, event: RecordedEvent, told: CheckpointsPruned) -> None:
        """Checkpoints whose bytes were let go; the record of them stays."""
        for name in told.blobs:
            checkpoint = Node("checkpoint", name)
            if checkpoint in self.graph.facts:  # else games or a replay memory
                self.graph.note(checkpoint, let_go=f"{event.revision}@{event.stream}")

    def advance(self, event: RecordedEvent, told: CurriculumAdvanced) -> None:
        """Updates name the configuration of a stage themselves."""
        self.graph.note(Node("run", told.run_id), stage=told.name)

    def end_run(self, event: RecordedEvent, told: RunEnded) -> None:
        """How a run ended."""
        self.graph.note(Node("run", told.run_id), ended=told.reason, updates=told.updates)

    def begin_game(self, event: RecordedEvent, told: GameStarted) -> None:
        """Under which rules it was played, and from which seed."""
        game = Node("game", identifier(event.stream))
        self.graph.note(game, seed=told.seed, deck=told.deck, run_seed=told.run_seed)
        self.join(event, game, "played under", Node("rules", told.rules_version))

    def begin_evaluation(self, event: RecordedEvent, told: EvaluationStarted) -> None:
        """Who was evaluated, on what."""
        node = Node("evaluation", told.evaluation_id)
        self.graph.note(node, player=told.player, purpose=told.purpose)
        self.graph.note(node, panel=told.panel, games=told.games)
        self.join(event, node, "measured", Node("checkpoint", told.checkpoint))
        self.join(event, node, "played under", Node("rules", told.rules_version))
        self._configured(event, node, "", told.environment_json)

    def end_evaluation(self, event: RecordedEvent, told: EvaluationCompleted) -> None:
        """What came of it."""
        mean = f"{told.ante.mean:.3f} [{told.ante.low:.3f}, {told.ante.high:.3f}]"
        self.graph.note(Node("evaluation", told.evaluation_id), ante=mean)

    def promote(self, event: RecordedEvent, told: CheckpointPromoted) -> None:
        """What was put into service."""
        node = Node("service change", f"{event.revision}@{event.stream}")
        self.graph.note(node, by=told.by, reason=told.reason)
        self.join(event, node, "put into service", Node("checkpoint", told.checkpoint))
        self.join(event, node, "replaced", Node("checkpoint", told.replaced))
        self.join(event, node, "of", Node("run", told.run_id))
        for name in dict.fromkeys((told.evaluation_id, told.replaced_evaluation_id)):
            self.join(event, node, "because of", Node("evaluation", name))

    def refuse(self, event: RecordedEvent, told: CheckpointRefused) -> None:
        """What was not put into service."""
        node = Node("service change", f"{event.revision}@{event.stream}")
        self.join(event, node, "refused", Node("checkpoint", told.checkpoint))
        self.join(event, node, "kept", Node("checkpoint", told.incumbent))
        self.join(event, node, "of", Node("run", told.run_id))
        for name in dict.fromkeys((told.evaluation_id, told.incumbent_evaluation_id)):
            self.join(event, node, "because of", Node("evaluation", name))

    def roll_back(self, event: RecordedEvent, told: CheckpointRolledBack) -> None:
        """What was put back into service."""
        node = Node("service change", f"{event.revision}@{event.stream}")
        self.graph.note(node, by=told.by, reason=told.reason)
        self.join(event, node, "put back into service", Node("checkpoint", told.checkpoint))
        self.join(event, node, "withdrew", Node("checkpoint", told.withdrawn))

    def _configured(
        self, event: RecordedEvent, node: Node, config_json: str, environment_json: str
    ) -> None:
        told: Mapping[Kind, str] = {"configuration": config_json, "environment": environment_json}
        for kind, text in told.items():
            if text:
                digest = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
                self.graph.facts.setdefault(Node(kind, digest), {"json": text})
                self.join(event, node, "with", Node(kind, digest))


def _rollout(update: UpdateApplied) -> str:
    if not update.HasField("rollout"):
        return ""
    told = update.rollout
    begun = told.sampler_in[:DIGITS] or "the run's seed"
    return f"{told.games} games x {told.steps} decisions x {told.rounds} rounds from {begun}"


_MESSAGES: Final[Mapping[type[Message], Callable[[Index, RecordedEvent, Any], None]]] = {
    RunStarted: Index.begin_run,
    UpdateApplied: Index.update,
    CheckpointSaved: Index.save,
    PopulationExploited: Index.exchange,
    UpdateRejected: Index.reject,
    EpisodeRejected: Index.exclude,
    CheckpointsPruned: Index.prune,
    CurriculumAdvanced: Index.advance,
    RunEnded: Index.end_run,
    GameStarted: Index.begin_game,
    EvaluationStarted: Index.begin_evaluation,
    EvaluationCompleted: Index.end_evaluation,
    CheckpointPromoted: Index.promote,
    CheckpointRefused: Index.refuse,
    CheckpointRolledBack: Index.roll_back,
}
_TAKERS: Final = {kind.DESCRIPTOR.name: taker for kind, taker in _MESSAGES.items()}


async def read_index(log: LogReader) -> Index:
    """Read a log once; the index holds names and counts, never an event.

    Raises:
        EventLogError: no answer.
    """
    index = Index()
    async for event in log.read_all(types=["DecisionMade", *_TAKERS]):
        index.take(event)
    index.close()
    return index
