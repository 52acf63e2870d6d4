import pytest

from jimbot_stream.contracts import Event, EventBatch, GameStarted
from jimbot_stream.contracts.batch import decode_batch, encode_batch, is_json
from jimbot_stream.contracts.json_codec import to_json


def _batch(source: str) -> EventBatch:
    event = Event(game_id="g", game_started=GameStarted(seed="S"), metadata={"b": "2", "a": "1"})
    return EventBatch(source=source, epoch=2, first_sequence=5, events=[event])


# A source of 123 characters makes the second byte "{".
@pytest.mark.parametrize("length", [1, 9, 10, 32, 91, 123])
def test_both_forms_are_told_apart_and_read_back(length: int) -> None:
    batch = _batch("s" * length)
    assert not is_json(encode_batch(batch))
    assert is_json(to_json(batch))
    assert decode_batch(encode_batch(batch)) == batch
    assert decode_batch(to_json(batch)) == batch


def test_equal_batches_give_equal_bytes() -> None:
    other = _batch("s")
    other.events[0].metadata.clear()
    other.events[0].metadata.update({"a": "1", "b": "2"})
    assert encode_batch(other) == encode_batch(_batch("s"))


@pytest.mark.parametrize("value", [b"\xff\xff", b"{", b'{"events":3}', b"\n\x05abc"])
def test_anything_else_is_a_value_error(value: bytes) -> None:
    with pytest.raises(ValueError, match=r"not|expected"):
        decode_batch(value)
