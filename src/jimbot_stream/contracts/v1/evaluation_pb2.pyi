from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EvaluationStarted(_message.Message):
    __slots__ = ("evaluation_id", "checkpoint", "player", "panel", "purpose", "games", "deck", "stake", "win_ante", "most_steps", "drawn", "rules_version", "environment_json", "player_version")
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    PANEL_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    GAMES_FIELD_NUMBER: _ClassVar[int]
    DECK_FIELD_NUMBER: _ClassVar[int]
    STAKE_FIELD_NUMBER: _ClassVar[int]
    WIN_ANTE_FIELD_NUMBER: _ClassVar[int]
    MOST_STEPS_FIELD_NUMBER: _ClassVar[int]
    DRAWN_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    PLAYER_VERSION_FIELD_NUMBER: _ClassVar[int]
    evaluation_id: str
    checkpoint: str
    player: str
    panel: int
    purpose: str
    games: int
    deck: str
    stake: int
    win_ante: int
    most_steps: int
    drawn: bool
    rules_version: str
    environment_json: str
    player_version: str
    def __init__(self, evaluation_id: _Optional[str] = ..., checkpoint: _Optional[str] = ..., player: _Optional[str] = ..., panel: _Optional[int] = ..., purpose: _Optional[str] = ..., games: _Optional[int] = ..., deck: _Optional[str] = ..., stake: _Optional[int] = ..., win_ante: _Optional[int] = ..., most_steps: _Optional[int] = ..., drawn: bool = ..., rules_version: _Optional[str] = ..., environment_json: _Optional[str] = ..., player_version: _Optional[str] = ...) -> None: ...

class GameResult(_message.Message):
    __slots__ = ("steps", "ante", "beaten", "won", "best_score", "over")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    ANTE_FIELD_NUMBER: _ClassVar[int]
    BEATEN_FIELD_NUMBER: _ClassVar[int]
    WON_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    OVER_FIELD_NUMBER: _ClassVar[int]
    steps: int
    ante: int
    beaten: int
    won: bool
    best_score: float
    over: bool
    def __init__(self, steps: _Optional[int] = ..., ante: _Optional[int] = ..., beaten: _Optional[int] = ..., won: bool = ..., best_score: _Optional[float] = ..., over: bool = ...) -> None: ...

class GamesEvaluated(_message.Message):
    __slots__ = ("evaluation_id", "first", "results", "digest")
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    evaluation_id: str
    first: int
    results: _containers.RepeatedCompositeFieldContainer[GameResult]
    digest: str
    def __init__(self, evaluation_id: _Optional[str] = ..., first: _Optional[int] = ..., results: _Optional[_Iterable[_Union[GameResult, _Mapping]]] = ..., digest: _Optional[str] = ...) -> None: ...

class Estimate(_message.Message):
    __slots__ = ("mean", "low", "high")
    MEAN_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    mean: float
    low: float
    high: float
    def __init__(self, mean: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ...) -> None: ...

class EvaluationCompleted(_message.Message):
    __slots__ = ("evaluation_id", "games", "digest", "ante", "beaten", "won")
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    GAMES_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ANTE_FIELD_NUMBER: _ClassVar[int]
    BEATEN_FIELD_NUMBER: _ClassVar[int]
    WON_FIELD_NUMBER: _ClassVar[int]
    evaluation_id: str
    games: int
    digest: str
    ante: Estimate
    beaten: Estimate
    won: Estimate
    def __init__(self, evaluation_id: _Optional[str] = ..., games: _Optional[int] = ..., digest: _Optional[str] = ..., ante: _Optional[_Union[Estimate, _Mapping]] = ..., beaten: _Optional[_Union[Estimate, _Mapping]] = ..., won: _Optional[_Union[Estimate, _Mapping]] = ...) -> None: ...

class CheckpointPromoted(_message.Message):
    __slots__ = ("checkpoint", "replaced", "run_id", "reason", "evaluation_id", "replaced_evaluation_id", "by")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    REPLACED_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    REPLACED_EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    replaced: str
    run_id: str
    reason: str
    evaluation_id: str
    replaced_evaluation_id: str
    by: str
    def __init__(self, checkpoint: _Optional[str] = ..., replaced: _Optional[str] = ..., run_id: _Optional[str] = ..., reason: _Optional[str] = ..., evaluation_id: _Optional[str] = ..., replaced_evaluation_id: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...

class CheckpointRefused(_message.Message):
    __slots__ = ("checkpoint", "incumbent", "run_id", "evaluation_id", "incumbent_evaluation_id", "difference", "p_value", "level")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    INCUMBENT_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    INCUMBENT_EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    P_VALUE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    incumbent: str
    run_id: str
    evaluation_id: str
    incumbent_evaluation_id: str
    difference: float
    p_value: float
    level: float
    def __init__(self, checkpoint: _Optional[str] = ..., incumbent: _Optional[str] = ..., run_id: _Optional[str] = ..., evaluation_id: _Optional[str] = ..., incumbent_evaluation_id: _Optional[str] = ..., difference: _Optional[float] = ..., p_value: _Optional[float] = ..., level: _Optional[float] = ...) -> None: ...

class CheckpointRolledBack(_message.Message):
    __slots__ = ("checkpoint", "withdrawn", "reason", "by")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    withdrawn: str
    reason: str
    by: str
    def __init__(self, checkpoint: _Optional[str] = ..., withdrawn: _Optional[str] = ..., reason: _Optional[str] = ..., by: _Optional[str] = ...) -> None: ...
