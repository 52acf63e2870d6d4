"""The wire contracts under short names; the fields are described in ``proto/``.

``v1/`` is written by protoc. Codecs (``json_codec``, ``batch``) and the upcasters of
logged events (``upcast``) stand beside it.
"""

from jimbot_stream.contracts.v1.decision_pb2 import (
    DecisionMade,
    DecisionMode,
    DecisionReply,
    DecisionRequest,
    DecisionSource,
)
from jimbot_stream.contracts.v1.envelope_pb2 import Event, EventBatch, EventType, RecordRejected
from jimbot_stream.contracts.v1.game_pb2 import (
    Action,
    ActionApplied,
    ActionVerb,
    Blind,
    Card,
    GameEnded,
    GameStarted,
    GameState,
    HandLevel,
    Item,
    LegalAction,
    PackKind,
    Phase,
    RoundTargets,
    StateObserved,
    Suit,
    Tag,
)
from jimbot_stream.contracts.v1.learning_pb2 import (
    CheckpointSaved,
    EpisodeClosed,
    EpisodeReference,
    Rollout,
    RunEnded,
    RunStarted,
    UpdateApplied,
)

__all__ = [
    "Action",
    "ActionApplied",
    "ActionVerb",
    "Blind",
    "Card",
    "CheckpointSaved",
    "DecisionMade",
    "DecisionMode",
    "DecisionReply",
    "DecisionRequest",
    "DecisionSource",
    "EpisodeClosed",
    "EpisodeReference",
    "Event",
    "EventBatch",
    "EventType",
    "GameEnded",
    "GameStarted",
    "GameState",
    "HandLevel",
    "Item",
    "LegalAction",
    "PackKind",
    "Phase",
    "RecordRejected",
    "Rollout",
    "RoundTargets",
    "RunEnded",
    "RunStarted",
    "StateObserved",
    "Suit",
    "Tag",
    "UpdateApplied",
]
