import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from jimbot_stream.contracts.v1 import audit_pb2 as _audit_pb2
from jimbot_stream.contracts.v1 import decision_pb2 as _decision_pb2
from jimbot_stream.contracts.v1 import evaluation_pb2 as _evaluation_pb2
from jimbot_stream.contracts.v1 import game_pb2 as _game_pb2
from jimbot_stream.contracts.v1 import learning_pb2 as _learning_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_TYPE_UNSPECIFIED: _ClassVar[EventType]
    EVENT_TYPE_GAME_STARTED: _ClassVar[EventType]
    EVENT_TYPE_STATE_OBSERVED: _ClassVar[EventType]
    EVENT_TYPE_ACTION_APPLIED: _ClassVar[EventType]
    EVENT_TYPE_GAME_ENDED: _ClassVar[EventType]
    EVENT_TYPE_DECISION_REQUEST: _ClassVar[EventType]
    EVENT_TYPE_DECISION_REPLY: _ClassVar[EventType]
    EVENT_TYPE_DECISION_MADE: _ClassVar[EventType]
    EVENT_TYPE_EPISODE_CLOSED: _ClassVar[EventType]
    EVENT_TYPE_RUN_STARTED: _ClassVar[EventType]
    EVENT_TYPE_UPDATE_APPLIED: _ClassVar[EventType]
    EVENT_TYPE_CHECKPOINT_SAVED: _ClassVar[EventType]
    EVENT_TYPE_RUN_ENDED: _ClassVar[EventType]
    EVENT_TYPE_RECORD_REJECTED: _ClassVar[EventType]
    EVENT_TYPE_UPDATE_REJECTED: _ClassVar[EventType]
    EVENT_TYPE_POPULATION_EXPLOITED: _ClassVar[EventType]
    EVENT_TYPE_CURRICULUM_ADVANCED: _ClassVar[EventType]
    EVENT_TYPE_EVALUATION_STARTED: _ClassVar[EventType]
    EVENT_TYPE_GAMES_EVALUATED: _ClassVar[EventType]
    EVENT_TYPE_EVALUATION_COMPLETED: _ClassVar[EventType]
    EVENT_TYPE_CHECKPOINT_PROMOTED: _ClassVar[EventType]
    EVENT_TYPE_CHECKPOINT_REFUSED: _ClassVar[EventType]
    EVENT_TYPE_CHECKPOINT_ROLLED_BACK: _ClassVar[EventType]
    EVENT_TYPE_EPISODE_REJECTED: _ClassVar[EventType]
    EVENT_TYPE_SEAL_CREATED: _ClassVar[EventType]
EVENT_TYPE_UNSPECIFIED: EventType
EVENT_TYPE_GAME_STARTED: EventType
EVENT_TYPE_STATE_OBSERVED: EventType
EVENT_TYPE_ACTION_APPLIED: EventType
EVENT_TYPE_GAME_ENDED: EventType
EVENT_TYPE_DECISION_REQUEST: EventType
EVENT_TYPE_DECISION_REPLY: EventType
EVENT_TYPE_DECISION_MADE: EventType
EVENT_TYPE_EPISODE_CLOSED: EventType
EVENT_TYPE_RUN_STARTED: EventType
EVENT_TYPE_UPDATE_APPLIED: EventType
EVENT_TYPE_CHECKPOINT_SAVED: EventType
EVENT_TYPE_RUN_ENDED: EventType
EVENT_TYPE_RECORD_REJECTED: EventType
EVENT_TYPE_UPDATE_REJECTED: EventType
EVENT_TYPE_POPULATION_EXPLOITED: EventType
EVENT_TYPE_CURRICULUM_ADVANCED: EventType
EVENT_TYPE_EVALUATION_STARTED: EventType
EVENT_TYPE_GAMES_EVALUATED: EventType
EVENT_TYPE_EVALUATION_COMPLETED: EventType
EVENT_TYPE_CHECKPOINT_PROMOTED: EventType
EVENT_TYPE_CHECKPOINT_REFUSED: EventType
EVENT_TYPE_CHECKPOINT_ROLLED_BACK: EventType
EVENT_TYPE_EPISODE_REJECTED: EventType
EVENT_TYPE_SEAL_CREATED: EventType

class Event(_message.Message):
    __slots__ = ("event_id", "correlation_id", "causation_id", "type", "source", "timestamp", "schema_version", "game_id", "sequence", "metadata", "game_started", "state_observed", "action_applied", "game_ended", "decision_request", "decision_reply", "decision_made", "episode_closed", "run_started", "update_applied", "checkpoint_saved", "run_ended", "update_rejected", "population_exploited", "curriculum_advanced", "evaluation_started", "games_evaluated", "evaluation_completed", "checkpoint_promoted", "checkpoint_refused", "checkpoint_rolled_back", "episode_rejected", "checkpoints_pruned", "seal_created", "record_rejected")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    GAME_STARTED_FIELD_NUMBER: _ClassVar[int]
    STATE_OBSERVED_FIELD_NUMBER: _ClassVar[int]
    ACTION_APPLIED_FIELD_NUMBER: _ClassVar[int]
    GAME_ENDED_FIELD_NUMBER: _ClassVar[int]
    DECISION_REQUEST_FIELD_NUMBER: _ClassVar[int]
    DECISION_REPLY_FIELD_NUMBER: _ClassVar[int]
    DECISION_MADE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_CLOSED_FIELD_NUMBER: _ClassVar[int]
    RUN_STARTED_FIELD_NUMBER: _ClassVar[int]
    UPDATE_APPLIED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_SAVED_FIELD_NUMBER: _ClassVar[int]
    RUN_ENDED_FIELD_NUMBER: _ClassVar[int]
    UPDATE_REJECTED_FIELD_NUMBER: _ClassVar[int]
    POPULATION_EXPLOITED_FIELD_NUMBER: _ClassVar[int]
    CURRICULUM_ADVANCED_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_STARTED_FIELD_NUMBER: _ClassVar[int]
    GAMES_EVALUATED_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_PROMOTED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_REFUSED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_ROLLED_BACK_FIELD_NUMBER: _ClassVar[int]
    EPISODE_REJECTED_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_PRUNED_FIELD_NUMBER: _ClassVar[int]
    SEAL_CREATED_FIELD_NUMBER: _ClassVar[int]
    RECORD_REJECTED_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    correlation_id: str
    causation_id: str
    type: EventType
    source: str
    timestamp: _timestamp_pb2.Timestamp
    schema_version: int
    game_id: str
    sequence: int
    metadata: _containers.ScalarMap[str, str]
    game_started: _game_pb2.GameStarted
    state_observed: _game_pb2.StateObserved
    action_applied: _game_pb2.ActionApplied
    game_ended: _game_pb2.GameEnded
    decision_request: _decision_pb2.DecisionRequest
    decision_reply: _decision_pb2.DecisionReply
    decision_made: _decision_pb2.DecisionMade
    episode_closed: _learning_pb2.EpisodeClosed
    run_started: _learning_pb2.RunStarted
    update_applied: _learning_pb2.UpdateApplied
    checkpoint_saved: _learning_pb2.CheckpointSaved
    run_ended: _learning_pb2.RunEnded
    update_rejected: _learning_pb2.UpdateRejected
    population_exploited: _learning_pb2.PopulationExploited
    curriculum_advanced: _learning_pb2.CurriculumAdvanced
    evaluation_started: _evaluation_pb2.EvaluationStarted
    games_evaluated: _evaluation_pb2.GamesEvaluated
    evaluation_completed: _evaluation_pb2.EvaluationCompleted
    checkpoint_promoted: _evaluation_pb2.CheckpointPromoted
    checkpoint_refused: _evaluation_pb2.CheckpointRefused
    checkpoint_rolled_back: _evaluation_pb2.CheckpointRolledBack
    episode_rejected: _learning_pb2.EpisodeRejected
    checkpoints_pruned: _learning_pb2.CheckpointsPruned
    seal_created: _audit_pb2.SealCreated
    record_rejected: RecordRejected
    def __init__(self, event_id: _Optional[str] = ..., correlation_id: _Optional[str] = ..., causation_id: _Optional[str] = ..., type: _Optional[_Union[EventType, str]] = ..., source: _Optional[str] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., schema_version: _Optional[int] = ..., game_id: _Optional[str] = ..., sequence: _Optional[int] = ..., metadata: _Optional[_Mapping[str, str]] = ..., game_started: _Optional[_Union[_game_pb2.GameStarted, _Mapping]] = ..., state_observed: _Optional[_Union[_game_pb2.StateObserved, _Mapping]] = ..., action_applied: _Optional[_Union[_game_pb2.ActionApplied, _Mapping]] = ..., game_ended: _Optional[_Union[_game_pb2.GameEnded, _Mapping]] = ..., decision_request: _Optional[_Union[_decision_pb2.DecisionRequest, _Mapping]] = ..., decision_reply: _Optional[_Union[_decision_pb2.DecisionReply, _Mapping]] = ..., decision_made: _Optional[_Union[_decision_pb2.DecisionMade, _Mapping]] = ..., episode_closed: _Optional[_Union[_learning_pb2.EpisodeClosed, _Mapping]] = ..., run_started: _Optional[_Union[_learning_pb2.RunStarted, _Mapping]] = ..., update_applied: _Optional[_Union[_learning_pb2.UpdateApplied, _Mapping]] = ..., checkpoint_saved: _Optional[_Union[_learning_pb2.CheckpointSaved, _Mapping]] = ..., run_ended: _Optional[_Union[_learning_pb2.RunEnded, _Mapping]] = ..., update_rejected: _Optional[_Union[_learning_pb2.UpdateRejected, _Mapping]] = ..., population_exploited: _Optional[_Union[_learning_pb2.PopulationExploited, _Mapping]] = ..., curriculum_advanced: _Optional[_Union[_learning_pb2.CurriculumAdvanced, _Mapping]] = ..., evaluation_started: _Optional[_Union[_evaluation_pb2.EvaluationStarted, _Mapping]] = ..., games_evaluated: _Optional[_Union[_evaluation_pb2.GamesEvaluated, _Mapping]] = ..., evaluation_completed: _Optional[_Union[_evaluation_pb2.EvaluationCompleted, _Mapping]] = ..., checkpoint_promoted: _Optional[_Union[_evaluation_pb2.CheckpointPromoted, _Mapping]] = ..., checkpoint_refused: _Optional[_Union[_evaluation_pb2.CheckpointRefused, _Mapping]] = ..., checkpoint_rolled_back: _Optional[_Union[_evaluation_pb2.CheckpointRolledBack, _Mapping]] = ..., episode_rejected: _Optional[_Union[_learning_pb2.EpisodeRejected, _Mapping]] = ..., checkpoints_pruned: _Optional[_Union[_learning_pb2.CheckpointsPruned, _Mapping]] = ..., seal_created: _Optional[_Union[_audit_pb2.SealCreated, _Mapping]] = ..., record_rejected: _Optional[_Union[RecordRejected, _Mapping]] = ...) -> None: ...

class EventBatch(_message.Message):
    __slots__ = ("source", "epoch", "first_sequence", "events")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    source: str
    epoch: int
    first_sequence: int
    events: _containers.RepeatedCompositeFieldContainer[Event]
    def __init__(self, source: _Optional[str] = ..., epoch: _Optional[int] = ..., first_sequence: _Optional[int] = ..., events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ...) -> None: ...

class RecordRejected(_message.Message):
    __slots__ = ("reason", "field", "detail", "topic", "partition", "offset", "event_index", "key", "value")
    REASON_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    EVENT_INDEX_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    field: str
    detail: str
    topic: str
    partition: int
    offset: int
    event_index: int
    key: bytes
    value: bytes
    def __init__(self, reason: _Optional[str] = ..., field: _Optional[str] = ..., detail: _Optional[str] = ..., topic: _Optional[str] = ..., partition: _Optional[int] = ..., offset: _Optional[int] = ..., event_index: _Optional[int] = ..., key: _Optional[bytes] = ..., value: _Optional[bytes] = ...) -> None: ...
