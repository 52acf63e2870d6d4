from typing import cast

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from jimbot_stream.contracts import (
    ActionApplied,
    CheckpointPromoted,
    CheckpointRefused,
    CheckpointRolledBack,
    CheckpointSaved,
    CheckpointsPruned,
    CurriculumAdvanced,
    DecisionMade,
    EpisodeRejected,
    EvaluationCompleted,
    EvaluationStarted,
    Event,
    EventBatch,
    GameEnded,
    GamesEvaluated,
    GameStarted,
    GameState,
    PopulationExploited,
    RecordRejected,
    RunEnded,
    RunStarted,
    SealCreated,
    StateObserved,
    UpdateApplied,
    UpdateRejected,
)

_SCALARS: dict[int, st.SearchStrategy[object]] = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    # One NaN stands for all: JSON does not tell their bits.
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(allow_nan=False) | st.just(float("nan")),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
}
_YEAR_9999 = 253_402_300_799


def _single(field: FieldDescriptor) -> st.SearchStrategy[object]:
    if field.message_type is not None:
        return _values(GetMessageClass(field.message_type))
    if field.enum_type is not None:
        return st.sampled_from(sorted(field.enum_type.values_by_number))
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=20)
    if field.type == FieldDescriptor.TYPE_STRING:
        return st.text(max_size=20)
    return _SCALARS[field.cpp_type]


def _field(field: FieldDescriptor) -> st.SearchStrategy[object]:
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        inner = kind.fields_by_name
        return st.dictionaries(_single(inner["key"]), _single(inner["value"]), max_size=3)
    return st.lists(_single(field), max_size=3) if field.is_repeated else _single(field)


def _values(cls: type[Message]) -> st.SearchStrategy[Message]:
    """Messages of the type, with any of their fields set."""
    descriptor = cast(Descriptor, cls.DESCRIPTOR)
    if descriptor.full_name == "google.protobuf.Timestamp":
        seconds = st.integers(-62_135_596_800, _YEAR_9999)
        return st.builds(cls, seconds=seconds, nanos=st.integers(0, 999_999_999))
    plain = {f.name: _field(f) for f in descriptor.fields if f.containing_oneof is None}
    chosen = [{}, *({f.name: _field(f)} for o in descriptor.oneofs for f in o.fields)]
    one = st.sampled_from(chosen).flatmap(st.fixed_dictionaries)
    rest = st.fixed_dictionaries({}, optional=plain)
    return st.builds(lambda a, b: cls(**a, **b), rest, one)


@pytest.fixture(scope="session")
def any_message() -> st.SearchStrategy[Message]:
    """Messages of every shape that the contracts know."""
    kinds = (Event, EventBatch, GameState, DecisionMade, UpdateApplied, RecordRejected)
    return st.sampled_from(kinds).flatmap(_values)


@pytest.fixture
def logged() -> dict[str, type[Message]]:
    """Every message that the event log holds, by its event type."""
    kinds = (
        GameStarted,
        StateObserved,
        DecisionMade,
        ActionApplied,
        GameEnded,
        RunStarted,
        UpdateApplied,
        CheckpointSaved,
        RunEnded,
        UpdateRejected,
        EpisodeRejected,
        PopulationExploited,
        CurriculumAdvanced,
        EvaluationStarted,
        GamesEvaluated,
        EvaluationCompleted,
        CheckpointPromoted,
        CheckpointRefused,
        CheckpointRolledBack,
        CheckpointsPruned,
        SealCreated,
    )
    return {kind.DESCRIPTOR.name: kind for kind in kinds}
