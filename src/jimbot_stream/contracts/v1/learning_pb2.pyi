from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EpisodeClosed(_message.Message):
    __slots__ = ("game_id", "source", "run_seed", "seed", "states", "decisions", "actions", "ante", "round", "best_score", "won", "reason", "last_revision", "checkpoints", "rules_version")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    RUN_SEED_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    ANTE_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    BEST_SCORE_FIELD_NUMBER: _ClassVar[int]
    WON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LAST_REVISION_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    source: str
    run_seed: int
    seed: str
    states: int
    decisions: int
    actions: int
    ante: int
    round: int
    best_score: float
    won: bool
    reason: str
    last_revision: int
    checkpoints: _containers.RepeatedScalarFieldContainer[str]
    rules_version: str
    def __init__(self, game_id: _Optional[str] = ..., source: _Optional[str] = ..., run_seed: _Optional[int] = ..., seed: _Optional[str] = ..., states: _Optional[int] = ..., decisions: _Optional[int] = ..., actions: _Optional[int] = ..., ante: _Optional[int] = ..., round: _Optional[int] = ..., best_score: _Optional[float] = ..., won: bool = ..., reason: _Optional[str] = ..., last_revision: _Optional[int] = ..., checkpoints: _Optional[_Iterable[str]] = ..., rules_version: _Optional[str] = ...) -> None: ...

class RunStarted(_message.Message):
    __slots__ = ("run_id", "run_seed", "algorithm", "config_json", "environment_json", "checkpoint", "gate_json", "begun_from")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_SEED_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    CONFIG_JSON_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    GATE_JSON_FIELD_NUMBER: _ClassVar[int]
    BEGUN_FROM_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    run_seed: int
    algorithm: str
    config_json: str
    environment_json: str
    checkpoint: str
    gate_json: str
    begun_from: str
    def __init__(self, run_id: _Optional[str] = ..., run_seed: _Optional[int] = ..., algorithm: _Optional[str] = ..., config_json: _Optional[str] = ..., environment_json: _Optional[str] = ..., checkpoint: _Optional[str] = ..., gate_json: _Optional[str] = ..., begun_from: _Optional[str] = ...) -> None: ...

class EpisodeReference(_message.Message):
    __slots__ = ("game_id", "last_revision")
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_REVISION_FIELD_NUMBER: _ClassVar[int]
    game_id: str
    last_revision: int
    def __init__(self, game_id: _Optional[str] = ..., last_revision: _Optional[int] = ...) -> None: ...

class Rollout(_message.Message):
    __slots__ = ("games", "steps", "rounds", "sampler_in", "sampler_out")
    GAMES_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_IN_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_OUT_FIELD_NUMBER: _ClassVar[int]
    games: int
    steps: int
    rounds: int
    sampler_in: str
    sampler_out: str
    def __init__(self, games: _Optional[int] = ..., steps: _Optional[int] = ..., rounds: _Optional[int] = ..., sampler_in: _Optional[str] = ..., sampler_out: _Optional[str] = ...) -> None: ...

class UpdateApplied(_message.Message):
    __slots__ = ("run_id", "update", "checkpoint_in", "checkpoint_out", "episodes", "shuffle_seed", "config_json", "environment_json", "threads", "steps", "metrics", "rollout", "memory_in", "memory_out")
    class MetricsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_IN_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_OUT_FIELD_NUMBER: _ClassVar[int]
    EPISODES_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_SEED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_JSON_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_FIELD_NUMBER: _ClassVar[int]
    MEMORY_IN_FIELD_NUMBER: _ClassVar[int]
    MEMORY_OUT_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    checkpoint_in: str
    checkpoint_out: str
    episodes: _containers.RepeatedCompositeFieldContainer[EpisodeReference]
    shuffle_seed: int
    config_json: str
    environment_json: str
    threads: int
    steps: int
    metrics: _containers.ScalarMap[str, float]
    rollout: Rollout
    memory_in: str
    memory_out: str
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., checkpoint_in: _Optional[str] = ..., checkpoint_out: _Optional[str] = ..., episodes: _Optional[_Iterable[_Union[EpisodeReference, _Mapping]]] = ..., shuffle_seed: _Optional[int] = ..., config_json: _Optional[str] = ..., environment_json: _Optional[str] = ..., threads: _Optional[int] = ..., steps: _Optional[int] = ..., metrics: _Optional[_Mapping[str, float]] = ..., rollout: _Optional[_Union[Rollout, _Mapping]] = ..., memory_in: _Optional[str] = ..., memory_out: _Optional[str] = ...) -> None: ...

class UpdateRejected(_message.Message):
    __slots__ = ("run_id", "update", "checkpoint", "cause", "reason", "episodes", "rejected", "evaluation_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EPISODES_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    checkpoint: str
    cause: str
    reason: str
    episodes: _containers.RepeatedCompositeFieldContainer[EpisodeReference]
    rejected: str
    evaluation_id: str
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., checkpoint: _Optional[str] = ..., cause: _Optional[str] = ..., reason: _Optional[str] = ..., episodes: _Optional[_Iterable[_Union[EpisodeReference, _Mapping]]] = ..., rejected: _Optional[str] = ..., evaluation_id: _Optional[str] = ...) -> None: ...

class EpisodeRejected(_message.Message):
    __slots__ = ("run_id", "update", "episode", "cause", "reason")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    EPISODE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    episode: EpisodeReference
    cause: str
    reason: str
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., episode: _Optional[_Union[EpisodeReference, _Mapping]] = ..., cause: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PopulationExploited(_message.Message):
    __slots__ = ("run_id", "update", "from_run", "from_checkpoint", "checkpoint_before", "config_json", "seed", "generation", "scores")
    class ScoresEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    FROM_RUN_FIELD_NUMBER: _ClassVar[int]
    FROM_CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    CONFIG_JSON_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    from_run: str
    from_checkpoint: str
    checkpoint_before: str
    config_json: str
    seed: int
    generation: int
    scores: _containers.ScalarMap[str, float]
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., from_run: _Optional[str] = ..., from_checkpoint: _Optional[str] = ..., checkpoint_before: _Optional[str] = ..., config_json: _Optional[str] = ..., seed: _Optional[int] = ..., generation: _Optional[int] = ..., scores: _Optional[_Mapping[str, float]] = ...) -> None: ...

class CurriculumAdvanced(_message.Message):
    __slots__ = ("run_id", "update", "stage", "name", "config_json", "games", "measured", "wanted")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONFIG_JSON_FIELD_NUMBER: _ClassVar[int]
    GAMES_FIELD_NUMBER: _ClassVar[int]
    MEASURED_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    stage: int
    name: str
    config_json: str
    games: int
    measured: float
    wanted: float
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., stage: _Optional[int] = ..., name: _Optional[str] = ..., config_json: _Optional[str] = ..., games: _Optional[int] = ..., measured: _Optional[float] = ..., wanted: _Optional[float] = ...) -> None: ...

class CheckpointSaved(_message.Message):
    __slots__ = ("checkpoint", "size", "run_id", "update", "parent", "rules_version", "sampler", "memory")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_FIELD_NUMBER: _ClassVar[int]
    MEMORY_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    size: int
    run_id: str
    update: int
    parent: str
    rules_version: str
    sampler: str
    memory: str
    def __init__(self, checkpoint: _Optional[str] = ..., size: _Optional[int] = ..., run_id: _Optional[str] = ..., update: _Optional[int] = ..., parent: _Optional[str] = ..., rules_version: _Optional[str] = ..., sampler: _Optional[str] = ..., memory: _Optional[str] = ...) -> None: ...

class CheckpointsPruned(_message.Message):
    __slots__ = ("run_id", "update", "every", "blobs", "size")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    EVERY_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    update: int
    every: int
    blobs: _containers.RepeatedScalarFieldContainer[str]
    size: int
    def __init__(self, run_id: _Optional[str] = ..., update: _Optional[int] = ..., every: _Optional[int] = ..., blobs: _Optional[_Iterable[str]] = ..., size: _Optional[int] = ...) -> None: ...

class RunEnded(_message.Message):
    __slots__ = ("run_id", "updates", "checkpoint", "reason")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    updates: int
    checkpoint: str
    reason: str
    def __init__(self, run_id: _Optional[str] = ..., updates: _Optional[int] = ..., checkpoint: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...
