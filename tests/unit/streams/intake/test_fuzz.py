"""Whatever comes in, intake answers with events or with a Rejected, and with nothing else."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimbot_stream.contracts import Event, EventBatch
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.streams.intake.decode import decode
from jimbot_stream.streams.intake.recording import read_recording
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import validate

FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64 - 1).filter(lambda n: n >= -(2**63)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["NaN", "-1", "1e400", "9" * 400, [], {}, [[]], [{}], {"a": {}}]),
)


def _take_in(value: bytes) -> None:
    with contextlib.suppress(Rejected):
        for event in decode(value, b"fuzz").events:
            with contextlib.suppress(Rejected):
                validate(event)
                to_json(event)  # what is valid can be logged


def _mutate(value: Any, data: st.DataObject) -> Any:
    """The value with one of its parts, anywhere in it, replaced or gone."""
    if not value or not isinstance(value, dict | list) or data.draw(st.integers(0, 5)) == 0:
        return data.draw(ODD)
    keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
    key = data.draw(st.sampled_from(keys))
    if isinstance(value, list):
        return [_mutate(item, data) if n == key else item for n, item in enumerate(value)]
    if data.draw(st.integers(0, 9)) == 0:
        return {name: item for name, item in value.items() if name != key}
    return {**value, key: _mutate(value[key], data)}


@FUZZ
@given(st.binary(max_size=200))
def test_random_bytes(value: bytes) -> None:
    _take_in(value)


@FUZZ
@given(st.data())
def test_protobuf_with_bytes_changed(request_event: Event, data: st.DataObject) -> None:
    value = bytearray(EventBatch(source="s", events=[request_event]).SerializeToString())
    for _ in range(data.draw(st.integers(1, 8))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    _take_in(bytes(value[: data.draw(st.integers(0, len(value)))]))


@FUZZ
@given(st.data())
def test_json_with_parts_changed(request_event: Event, data: st.DataObject) -> None:
    batch = orjson.loads(to_json(EventBatch(source="s", events=[request_event])))
    _take_in(orjson.dumps(_mutate(batch, data)))


@FUZZ
@given(st.data())
def test_game_states_with_parts_changed(
    snapshot: Callable[..., dict[str, Any]], data: st.DataObject
) -> None:
    _take_in(orjson.dumps(_mutate(snapshot(), data)))


@FUZZ
@given(st.data())
def test_mod_events_with_parts_changed(data: st.DataObject) -> None:
    hand = [{"rank": "Ace", "suit": "Hearts", "position": 1}]
    payload = {"game_id": "A", "game_state": "SHOP", "hand": hand, "blind": {"chips": 3}}
    event = {"type": "GAME_STATE", "payload": payload}
    _take_in(orjson.dumps(_mutate({"batch_id": "b", "events": [event]}, data)))


@pytest.mark.parametrize("name", ["one_ante", "shop_reroll"])
@FUZZ
@given(data=st.data())
def test_recordings_with_parts_changed(recorded_runs: Path, name: str, data: st.DataObject) -> None:
    lines = (recorded_runs / f"{name}.jsonl").read_bytes().splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    lines[number] = orjson.dumps(_mutate(orjson.loads(lines[number]), data))
    with contextlib.suppress(Rejected):
        for each in read_recording(b"\n".join(lines)).posted:
            to_json(each.event)
