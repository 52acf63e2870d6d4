from jimbot_stream.contracts.v1 import game_pb2 as _game_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DecisionMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_MODE_UNSPECIFIED: _ClassVar[DecisionMode]
    DECISION_MODE_SAMPLE: _ClassVar[DecisionMode]
    DECISION_MODE_GREEDY: _ClassVar[DecisionMode]

class DecisionSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_SOURCE_UNSPECIFIED: _ClassVar[DecisionSource]
    DECISION_SOURCE_POLICY: _ClassVar[DecisionSource]
    DECISION_SOURCE_CACHED: _ClassVar[DecisionSource]
    DECISION_SOURCE_HEURISTIC: _ClassVar[DecisionSource]
    DECISION_SOURCE_ADVISOR: _ClassVar[DecisionSource]
DECISION_MODE_UNSPECIFIED: DecisionMode
DECISION_MODE_SAMPLE: DecisionMode
DECISION_MODE_GREEDY: DecisionMode
DECISION_SOURCE_UNSPECIFIED: DecisionSource
DECISION_SOURCE_POLICY: DecisionSource
DECISION_SOURCE_CACHED: DecisionSource
DECISION_SOURCE_HEURISTIC: DecisionSource
DECISION_SOURCE_ADVISOR: DecisionSource

class DecisionRequest(_message.Message):
    __slots__ = ("request_id", "state", "legal", "time_limit_ms", "checkpoint", "mode", "decision_number", "run_seed")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LEGAL_FIELD_NUMBER: _ClassVar[int]
    TIME_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    DECISION_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RUN_SEED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    state: _game_pb2.GameState
    legal: _containers.RepeatedCompositeFieldContainer[_game_pb2.LegalAction]
    time_limit_ms: int
    checkpoint: str
    mode: DecisionMode
    decision_number: int
    run_seed: int
    def __init__(self, request_id: _Optional[str] = ..., state: _Optional[_Union[_game_pb2.GameState, _Mapping]] = ..., legal: _Optional[_Iterable[_Union[_game_pb2.LegalAction, _Mapping]]] = ..., time_limit_ms: _Optional[int] = ..., checkpoint: _Optional[str] = ..., mode: _Optional[_Union[DecisionMode, str]] = ..., decision_number: _Optional[int] = ..., run_seed: _Optional[int] = ...) -> None: ...

class DecisionReply(_message.Message):
    __slots__ = ("request_id", "action", "decision", "checkpoint", "decided_by", "log_prob", "value", "error")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    LOG_PROB_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    action: _game_pb2.Action
    decision: str
    checkpoint: str
    decided_by: DecisionSource
    log_prob: float
    value: float
    error: str
    def __init__(self, request_id: _Optional[str] = ..., action: _Optional[_Union[_game_pb2.Action, _Mapping]] = ..., decision: _Optional[str] = ..., checkpoint: _Optional[str] = ..., decided_by: _Optional[_Union[DecisionSource, str]] = ..., log_prob: _Optional[float] = ..., value: _Optional[float] = ..., error: _Optional[str] = ...) -> None: ...

class DecisionMade(_message.Message):
    __slots__ = ("request_id", "state_revision", "state_digest", "legal", "rules_version", "observation_digest", "mask_digest", "checkpoint", "decided_by", "mode", "run_seed", "decision_number", "logits_digest", "action", "action_index", "log_prob", "value", "compute_class")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_REVISION_FIELD_NUMBER: _ClassVar[int]
    STATE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    LEGAL_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    MASK_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    RUN_SEED_FIELD_NUMBER: _ClassVar[int]
    DECISION_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LOGITS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ACTION_INDEX_FIELD_NUMBER: _ClassVar[int]
    LOG_PROB_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_CLASS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    state_revision: int
    state_digest: str
    legal: _containers.RepeatedCompositeFieldContainer[_game_pb2.LegalAction]
    rules_version: str
    observation_digest: str
    mask_digest: str
    checkpoint: str
    decided_by: DecisionSource
    mode: DecisionMode
    run_seed: int
    decision_number: int
    logits_digest: str
    action: _game_pb2.Action
    action_index: int
    log_prob: float
    value: float
    compute_class: str
    def __init__(self, request_id: _Optional[str] = ..., state_revision: _Optional[int] = ..., state_digest: _Optional[str] = ..., legal: _Optional[_Iterable[_Union[_game_pb2.LegalAction, _Mapping]]] = ..., rules_version: _Optional[str] = ..., observation_digest: _Optional[str] = ..., mask_digest: _Optional[str] = ..., checkpoint: _Optional[str] = ..., decided_by: _Optional[_Union[DecisionSource, str]] = ..., mode: _Optional[_Union[DecisionMode, str]] = ..., run_seed: _Optional[int] = ..., decision_number: _Optional[int] = ..., logits_digest: _Optional[str] = ..., action: _Optional[_Union[_game_pb2.Action, _Mapping]] = ..., action_index: _Optional[int] = ..., log_prob: _Optional[float] = ..., value: _Optional[float] = ..., compute_class: _Optional[str] = ...) -> None: ...
