from collections.abc import Callable
from typing import Any

import orjson
import pytest

from jimbot_stream.contracts import Event, EventBatch, EventType
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.streams.intake.decode import (
    MAX_EVENTS,
    MAX_RECORD_BYTES,
    decode,
    decode_record,
)
from jimbot_stream.streams.intake.rejection import Rejected
from jimbot_stream.streams.intake.validate import validate

Snapshot = Callable[..., dict[str, Any]]


def _batch(event: Event) -> EventBatch:
    return EventBatch(source="player", epoch=1, first_sequence=7, events=[event])


def test_protobuf_and_json_of_a_batch_are_the_same(request_event: Event) -> None:
    batch = _batch(request_event)
    assert decode(batch.SerializeToString()) == decode(to_json(batch)) == batch


def test_one_event_as_json_is_a_batch_of_its_own(request_event: Event) -> None:
    batch = decode(to_json(request_event))
    assert (batch.source, batch.first_sequence) == ("player", -1)
    assert list(batch.events) == [request_event]


def test_an_event_without_a_source_has_that_of_its_batch(request_event: Event) -> None:
    request_event.source = ""
    assert decode(_batch(request_event).SerializeToString()).events[0].source == "player"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "missing_field"),
        (b"", "missing_field"),
        (b"\xff" * 30, "not_protobuf"),
        (b"hello", "not_protobuf"),
        (b"{", "not_json"),
        (b'{"money":NaN}', "not_json"),
        (b'{"events":[{"game_ended":{"best_score":1e400}}]}', "not_json"),
        (b"{}", "unknown_shape"),
        (b"[]", "unknown_shape"),
        (b"[1]", "unknown_shape"),
        (b'{"state":"SHOP"}', "unknown_shape"),
        (b'{"source":"s","events":{}}', "wrong_type"),
        (b'{"source":"s","events":[{"sequence":"x"}]}', "wrong_type"),
        (b'{"source":"s","events":[{"type":"EVENT_TYPE_RAIN"}]}', "unknown_type"),
        (b'{"type":"EVENT_TYPE_RAIN"}', "unknown_type"),
        (b'{"source":"s","events":[]}', "missing_field"),
        (b'{"events":[{}]}', "missing_field"),
        (b'{"source":"s s","events":[{}]}', "bad_name"),
        (b'{"source":"s","first_sequence":-2,"events":[{}]}', "bad_sequence"),
        (b'{"source":"s","epoch":-1,"events":[{}]}', "bad_sequence"),
        (b"{" + b" " * MAX_RECORD_BYTES, "oversize"),
        (
            EventBatch(source="s", events=[Event()] * (MAX_EVENTS + 1)).SerializeToString(),
            "oversize",
        ),
    ],
    ids=range(22),
)
def test_a_record_of_no_use_is_refused_with_its_reason(value: bytes | None, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        decode(value, b"key")
    assert caught.value.reason == reason


def test_a_balatrobot_state_is_a_game_that_began_and_a_state(snapshot: Snapshot) -> None:
    record = decode_record(orjson.dumps(snapshot()), b"bot-1", timestamp_ms=5)
    assert record.form == "balatrobot"
    assert record.batch.first_sequence == -1
    started, seen = record.batch.events
    assert [started.type, seen.type] == [
        EventType.EVENT_TYPE_GAME_STARTED,
        EventType.EVENT_TYPE_STATE_OBSERVED,
    ]
    assert started.game_started.origin == "balatrobot"
    assert (seen.source, seen.sequence) == ("bot-1", -1)
    assert seen.timestamp.ToMilliseconds() == 5
    for event in record.batch.events:
        validate(event)


def test_the_same_state_again_is_the_same_event(snapshot: Snapshot) -> None:
    one = decode(orjson.dumps(snapshot()), b"bot", timestamp_ms=1)
    other = decode(orjson.dumps(snapshot()), b"bot", timestamp_ms=2)
    assert [e.event_id for e in one.events] == [e.event_id for e in other.events]
    assert decode(orjson.dumps([snapshot(), snapshot()]), b"bot") == decode(
        orjson.dumps(snapshot()), b"bot"
    )


def test_the_game_follows_from_source_and_seed_unless_a_header_names_it(
    snapshot: Snapshot,
) -> None:
    value = orjson.dumps(snapshot())
    games = {
        decode(value, b"one").events[0].game_id,
        decode(value, b"two").events[0].game_id,
        decode(orjson.dumps(snapshot(seed="XYZ")), b"one").events[0].game_id,
        decode(value, b"one", [("jimbot-game", b"mine")]).events[0].game_id,
    }
    assert len(games) == 4
    assert "mine" in games
    named = decode(value, None, {"jimbot-source": b"one"})
    assert named == decode(value, b"one")


def test_a_state_that_no_game_can_be_told_of_is_refused(snapshot: Snapshot) -> None:
    value = orjson.dumps(snapshot(seed=""))
    with pytest.raises(Rejected, match="seed"):
        decode(value, b"bot")
    with pytest.raises(Rejected, match="source"):
        decode(orjson.dumps(snapshot()), None)
    with pytest.raises(Rejected, match="bad_name"):
        decode(orjson.dumps(snapshot()), b"\xff\xfe")


def test_on_the_request_topic_a_state_asks_for_a_decision(snapshot: Snapshot) -> None:
    topic = "learning.decision.request"
    batch = decode(orjson.dumps(snapshot()), b"bot", topic=topic)
    assert batch.events[1].decision_request.request_id
    validate(batch.events[1])
    drawing = decode(orjson.dumps(snapshot(state="DRAW_TO_HAND")), b"bot", topic=topic)
    assert drawing.events[1].HasField("state_observed")


def test_the_end_of_a_game_is_told(snapshot: Snapshot) -> None:
    over = snapshot(state="GAME_OVER", ante_num=3, round_num=8)
    ended = decode(orjson.dumps(over), b"bot").events[-1].game_ended
    assert (ended.won, ended.ante, ended.round, ended.reason) == (False, 3, 8, "lost")


def test_a_json_rpc_answer_is_unwrapped(snapshot: Snapshot) -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "result": snapshot()}
    assert decode(orjson.dumps(answer), b"bot") == decode(orjson.dumps(snapshot()), b"bot")


def test_the_menu_is_left_out_and_counted(snapshot: Snapshot) -> None:
    record = decode_record(orjson.dumps(snapshot(state="MENU")), b"bot")
    assert not record.batch.events
    assert record.left_out == ("balatrobot:menu",)


def test_errors_in_a_list_name_its_element(snapshot: Snapshot) -> None:
    with pytest.raises(Rejected) as caught:
        decode(orjson.dumps([snapshot(), snapshot(money="much")]), b"bot")
    assert caught.value.field == "[1].money"


@pytest.mark.parametrize("timestamp_ms", [-1, 2**62])
def test_a_record_with_an_impossible_time_still_tells_its_state(
    snapshot: Snapshot, timestamp_ms: int
) -> None:
    batch = decode(orjson.dumps(snapshot()), b"bot", timestamp_ms=timestamp_ms)
    assert batch.events[1].timestamp.ToMilliseconds() == 0
