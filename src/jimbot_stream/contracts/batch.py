"""EventBatch, the value of every Kafka record of ours, to bytes and back."""

from google.protobuf.message import DecodeError

from jimbot_stream.contracts.json_codec import from_json
from jimbot_stream.contracts.v1.envelope_pb2 import EventBatch


def encode_batch(batch: EventBatch) -> bytes:
    """The batch as protobuf; equal batches give equal bytes."""
    return batch.SerializeToString(deterministic=True)


def is_json(value: bytes) -> bool:
    """Whether the value is in JSON form.

    A protobuf EventBatch begins with neither ``{`` nor ``[``: they would open a group,
    and it has none. White space is another matter: a newline is the tag of its source.
    """
    return value[:1] in (b"{", b"[")


def decode_batch(value: bytes) -> EventBatch:
    """Read a batch in either form.

    Raises:
        ValueError: neither protobuf nor JSON of an EventBatch; a ShapeError, which names
            the field, when it is JSON.
    """
    if is_json(value):
        return from_json(EventBatch, value)
    try:
        return EventBatch.FromString(value)
    except DecodeError as error:
        raise ValueError(f"not a protobuf EventBatch: {error}") from None
