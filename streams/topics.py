"""Every topic: its name, key, partitions and retention, and nowhere else."""

from dataclasses import dataclass

DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A Kafka topic as it is declared; the prefix of the settings comes before the name."""

    name: str
    content: str
    """What its events are, for the reference page."""
    key: str = "source"
    partitioned: bool = True
    """False: one partition, so that all records stand in one order."""
    retention_ms: int = 7 * DAY_MS
    compacted: bool = False
    upstream: tuple[str, ...] = ()
    """How jimbot's documents and its event router spell the same thing."""


GAME_STATE = TopicSpec(
    "game.state",
    "StateObserved and ActionApplied of games",
    upstream=("game.state", "game.state.update"),
)
GAME_LIFECYCLE = TopicSpec("game.lifecycle", "GameStarted and GameEnded")
DECISION_REQUEST = TopicSpec(
    "learning.decision.request",
    "DecisionRequest of players",
    upstream=("learning.decision.request",),
)
DECISION_RESPONSE = TopicSpec(
    "learning.decision.response",
    "DecisionReply, keyed by the source that asked",
    upstream=("learning.decision",),
)
EPISODE = TopicSpec("learning.episode", "EpisodeClosed of finished games", key="game id")
TRAINING = TopicSpec(
    "learning.training",
    "RunStarted, UpdateApplied, UpdateRejected, RunEnded and what else a run's stream holds;"
    " evaluations; CheckpointRefused",
    key="run id",
    partitioned=False,
)
CHECKPOINT = TopicSpec(
    "learning.checkpoint",
    "CheckpointPromoted and CheckpointRolledBack, which put a checkpoint into service, and"
    " CheckpointSaved, which does not",
    key="run id, or service-policy",
    partitioned=False,
    compacted=True,
)
DEAD_LETTER = TopicSpec(
    "dead-letter",
    "RecordRejected: the bytes, where they came from, and why",
    retention_ms=30 * DAY_MS,
)

TOPICS: tuple[TopicSpec, ...] = (
    GAME_STATE,
    GAME_LIFECYCLE,
    DECISION_REQUEST,
    DECISION_RESPONSE,
    EPISODE,
    TRAINING,
    CHECKPOINT,
    DEAD_LETTER,
)
