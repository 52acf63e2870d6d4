import contextlib

import orjson
import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.contracts import (
    Action,
    Card,
    Event,
    GameEnded,
    GameState,
    Phase,
    RecordRejected,
    StateObserved,
    Suit,
)
from jimbot_stream.contracts.json_codec import ShapeError, from_dict, from_json, to_json

Messages = st.SearchStrategy[Message]


def _bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)  # NaN equals itself here


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_written_is_read_back_exactly(
    any_message: Messages, data: st.DataObject
) -> None:
    message = data.draw(any_message)
    assert _bytes(from_json(type(message), to_json(message), strict=True)) == _bytes(message)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_protobufs_own_json_reader_understands_what_is_written(
    any_message: Messages, data: st.DataObject
) -> None:
    message = data.draw(any_message)
    assert _bytes(json_format.Parse(to_json(message), type(message)())) == _bytes(message)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans())
def test_what_protobufs_own_json_writer_writes_is_read(
    any_message: Messages, data: st.DataObject, snake: bool
) -> None:
    message = data.draw(any_message)
    text = json_format.MessageToJson(message, preserving_proto_field_name=snake)
    assert _bytes(from_json(type(message), text.encode())) == _bytes(message)


def test_equal_messages_give_equal_bytes_whatever_the_order_of_setting() -> None:
    one = Event(game_id="g", metadata={"a": "1", "b": "2"})
    other = Event(metadata={"b": "2", "a": "1"}, game_id="g")
    assert to_json(one) == to_json(other) == b'{"game_id":"g","metadata":{"a":"1","b":"2"}}'


def test_fields_stand_in_the_order_of_their_numbers_and_defaults_are_left_out() -> None:
    state = GameState(money=0, ante=1, phase=Phase.PHASE_SHOP, hand=[Card(id=7)])
    assert to_json(state) == b'{"phase":"PHASE_SHOP","ante":1,"hand":[{"id":7}]}'


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (GameState(money=2**53), '{"money":9007199254740992}'),
        (GameState(money=2**53 + 1), '{"money":"9007199254740993"}'),
        (GameState(money=-(2**63)), '{"money":"-9223372036854775808"}'),
        (GameState(chips=float("nan")), '{"chips":"NaN"}'),
        (GameState(chips=float("-inf")), '{"chips":"-Infinity"}'),
        (GameState(chips=1e300), '{"chips":1e+300}'),
        (GameState.FromString(b"\x08\x63"), '{"phase":99}'),  # of a newer producer
        (RecordRejected(value=b"\x00\xff"), '{"value":"AP8="}'),
        (StateObserved(state=GameState()), '{"state":{}}'),  # presence is kept
    ],
)
def test_every_kind_of_value_has_one_form(message: Message, text: str) -> None:
    assert to_json(message) == text.encode()
    assert _bytes(from_json(type(message), text.encode())) == _bytes(message)


def test_time_keeps_its_nanoseconds() -> None:
    event = Event()
    event.timestamp.FromNanoseconds(1_700_000_000_000_000_001)
    assert to_json(event) == b'{"timestamp":"2023-11-14T22:13:20.000000001Z"}'


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"hand":[{},{"rank":"king"}]}', "hand[1].rank"),
        ('{"hand":{}}', "hand"),
        ('{"hand":[3]}', "hand[0]"),
        ('{"phase":"PHASE_OF_MOON"}', "phase"),
        ('{"blind":{"boss":1}}', "blind.boss"),
        ('{"chips":"1e999"}', "chips"),
        ('{"chips":true}', "chips"),
        ('{"ante":2147483648}', "ante"),
        ('{"ante":1.5}', "ante"),
        ('{"money":"1_000"}', "money"),
        ('{"seed":7}', "seed"),
        ('{"hand_size":1,"handSize":1}', "hand_size"),
        ("[]", ""),
        ('{"seed":', ""),
    ],
)
def test_a_wrong_type_is_refused_with_the_path_of_the_field(text: str, path: str) -> None:
    with pytest.raises(ShapeError) as caught:
        from_json(GameState, text.encode())
    assert caught.value.path == path


def test_two_payloads_are_refused() -> None:
    with pytest.raises(ShapeError, match="only one of"):
        from_json(Event, b'{"game_started":{},"game_ended":{}}')


def test_a_string_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(ShapeError):
        from_dict(GameState, {"seed": "\ud800"})


def test_unknown_fields_are_left_out_unless_strict() -> None:
    text = b'{"won":true,"mood":{"x":[1]}}'
    assert from_json(GameEnded, text) == GameEnded(won=True)
    with pytest.raises(ShapeError) as caught:
        from_json(GameEnded, text, strict=True)
    assert caught.value.path == "mood"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([f.name for f in GameState.DESCRIPTOR.fields]), JSON))
def test_any_json_is_read_or_refused_and_never_crashes(value: dict[str, object]) -> None:
    with contextlib.suppress(ShapeError):
        from_dict(GameState, value)


def test_a_state_of_fifty_cards_is_small_on_the_wire() -> None:
    state = GameState(
        hand=[Card(id=n, suit=Suit.SUIT_HEARTS, rank=2 + n % 13) for n in range(1, 51)]
    )
    assert len(to_json(state)) < 4096
    assert orjson.loads(to_json(Action(cards=[0, 3]))) == {"cards": [0, 3]}
