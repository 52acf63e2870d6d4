"""Messages as canonical JSON: equal messages give equal bytes.

A dialect of the proto3 JSON mapping that ``google.protobuf.json_format`` reads:
snake_case names in the order of field numbers, default values left out, enum values by
full name, integers as numbers up to 2^53 and as decimal strings beyond, bytes in
base64, NaN and the infinities as strings, timestamps in RFC 3339, map keys sorted.
Whatever ``json_format`` writes can be read.
"""

from typing import Any, TypeVar, cast

import orjson
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from jimbot_stream.contracts.json_reader import ShapeError, fields_of
from jimbot_stream.contracts.json_writer import value_of

__all__ = ["ShapeError", "from_dict", "from_json", "to_dict", "to_json"]

M = TypeVar("M", bound=Message)


def to_dict(message: Message) -> dict[str, Any]:
    """The message as values that any JSON library can write."""
    return value_of(message)


def to_json(message: Message) -> bytes:
    """The message as canonical JSON."""
    return orjson.dumps(value_of(message))


def from_dict(cls: type[M], value: object, *, strict: bool = False) -> M:
    """Build a message from decoded JSON; unknown fields are left out unless strict.

    Raises:
        ShapeError: the value does not fit the message; its path names the field.
    """
    fields = fields_of(cast(Descriptor, cls.DESCRIPTOR), value, strict)
    try:
        return cls(**fields)
    except (ValueError, TypeError) as error:  # for example a lone surrogate
        raise ShapeError(str(error)) from None


def from_json(cls: type[M], data: bytes, *, strict: bool = False) -> M:
    """Read a message from JSON; unknown fields are left out unless strict.

    Raises:
        ShapeError: not JSON, or not of the message's shape.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ShapeError(f"not JSON: {error}") from None
    return from_dict(cls, value, strict=strict)
