"""From JSON values to the fields of messages, along plans made once per message type."""

import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from jimbot_stream.contracts.json_writer import EXACT_INTEGERS

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


class ShapeError(ValueError):
    """JSON that does not fit the message."""

    def __init__(self, detail: str, path: str = "") -> None:
        """Keep the path of the offending field beside what is wrong with it."""
        super().__init__(f"{path}: {detail}" if path else detail)
        self.detail = detail
        self.path = path

    def inside(self, step: str) -> "ShapeError":
        """The same error, seen from the field around it."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return ShapeError(self.detail, step + joint + self.path)


_Read = Callable[[Any, bool], Any]  # (value, strict)


@dataclass(slots=True)
class _Plan:
    """How the fields of one message type are read."""

    readers: dict[str, tuple[str, _Read]] = field(default_factory=dict)
    """By either spelling, snake_case or camelCase."""
    oneofs: list[list[str]] = field(default_factory=list)


_plans: dict[Descriptor, _Plan] = {}


def fields_of(descriptor: Descriptor, value: object, strict: bool) -> dict[str, Any]:
    """Arguments for the constructor of the message type.

    Raises:
        ShapeError: the value does not fit; its path names the field.
    """
    return _fields(value, _plan(descriptor), strict)


def _plan(descriptor: Descriptor) -> _Plan:
    plan = _plans.get(descriptor)
    if plan is None:
        plan = _plans[descriptor] = _Plan()  # before its fields: a message may contain itself
        for item in descriptor.fields:
            reader = (item.name, _reader(item))
            plan.readers[item.name] = plan.readers[item.camelcase_name] = reader
        plan.oneofs = [[item.name for item in oneof.fields] for oneof in descriptor.oneofs]
    return plan


def _fields(value: Any, plan: _Plan, strict: bool) -> dict[str, Any]:
    if type(value) is not dict:
        raise _unexpected("an object", value)
    out: dict[str, Any] = {}
    for key, item in value.items():
        found = plan.readers.get(key)
        if found is None:
            if strict:
                raise ShapeError("unknown field", str(key))
        elif item is not None:  # null means absent
            name, read = found
            if name in out:
                raise ShapeError("given twice, in two spellings", name)
            try:
                out[name] = read(item, strict)
            except ShapeError as error:
                raise error.inside(name) from None
    for names in plan.oneofs:
        _at_most_one(names, out)
    return out


def _at_most_one(names: Sequence[str], given: dict[str, Any]) -> None:
    both = [name for name in names if name in given]
    if len(both) > 1:
        raise ShapeError(f"only one of {' and '.join(both)} can be set", both[1])


def _unexpected(wanted: str, value: object) -> ShapeError:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    return ShapeError(f"expected {wanted}, got {shown}")


def _reader(item: FieldDescriptor) -> _Read:
    kind = item.message_type
    if kind is not None and kind.GetOptions().map_entry:
        if kind.fields_by_name["key"].type != FieldDescriptor.TYPE_STRING:
            raise TypeError(f"{item.full_name}: only maps from strings are read here")
        return _mapping(_single(kind.fields_by_name["value"]))
    read = _single(item)
    return _each(read) if item.is_repeated else read


def _single(item: FieldDescriptor) -> _Read:
    if item.message_type is not None:
        return _message(item.message_type)
    if item.enum_type is not None:
        return _enum(item.enum_type)
    kind = item.cpp_type
    if kind in _RANGES:
        return _integer(*_RANGES[kind])
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return _bool
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return _bytes if item.type == FieldDescriptor.TYPE_BYTES else _string
    return _number


def _message(descriptor: Descriptor) -> _Read:
    if descriptor.full_name == "google.protobuf.Timestamp":
        return _timestamp
    if descriptor.full_name.startswith("google.protobuf."):
        raise TypeError(f"{descriptor.full_name} has a JSON form of its own, not read here")
    plan = _plan(descriptor)
    return lambda value, strict: _fields(value, plan, strict)


def _enum(descriptor: EnumDescriptor) -> _Read:
    numbers = {name: value.number for name, value in descriptor.values_by_name.items()}
    integer = _integer(*_RANGES[FieldDescriptor.CPPTYPE_INT32])

    def read(value: Any, strict: bool) -> int:
        if type(value) is not str:
            return int(integer(value, strict))
        if value not in numbers:
            raise _unexpected(f"a value of {descriptor.name}", value)
        return numbers[value]

    return read


def _integer(least: int, most: int) -> _Read:
    def read(value: Any, _strict: bool) -> int:
        number = value if type(value) is int else _parsed_integer(value)
        if not least <= number <= most:
            raise _unexpected(f"an integer from {least} to {most}", value)
        return int(number)

    return read


def _parsed_integer(value: object) -> int:
    """Integers as the JSON mapping also allows them: ``"12"`` and ``12.0``."""
    if type(value) is str and _INTEGER.fullmatch(value):
        return int(value)
    if type(value) is float and value.is_integer() and abs(value) <= EXACT_INTEGERS:
        return int(value)
    raise _unexpected("an integer", value)


def _number(value: Any, _strict: bool) -> float:
    if type(value) is float:
        return value
    if type(value) is int or (type(value) is str and _NUMBER.fullmatch(value)):
        return _finite(value)
    if type(value) is str and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    raise _unexpected("a number", value)


def _finite(value: int | str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number in (float("inf"), float("-inf")):
        raise _unexpected("a number that a double can hold", value)
    return number


def _bool(value: Any, _strict: bool) -> bool:
    if type(value) is not bool:
        raise _unexpected("true or false", value)
    return value


def _string(value: Any, _strict: bool) -> str:
    if type(value) is not str:
        raise _unexpected("a string", value)
    return value


def _bytes(value: Any, _strict: bool) -> bytes:
    try:
        text = value.translate(_URL_SAFE) + "=" * (-len(value) % 4)
        return b64decode(text, validate=True)
    except (AttributeError, TypeError, ValueError):
        raise _unexpected("base64", value) from None


_URL_SAFE = str.maketrans("-_", "+/")


def _timestamp(value: Any, _strict: bool) -> Timestamp:
    stamp = Timestamp()
    try:
        stamp.FromJsonString(value)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise _unexpected("an RFC 3339 time", value) from None
    return stamp


def _each(read: _Read) -> _Read:
    def values(items: Any, strict: bool) -> list[Any]:
        if type(items) is not list:
            raise _unexpected("a list", items)
        out = []
        for index, item in enumerate(items):
            try:
                out.append(read(item, strict))
            except ShapeError as error:
                raise error.inside(f"[{index}]") from None
        return out

    return values


def _mapping(read: _Read) -> _Read:
    def values(items: Any, strict: bool) -> dict[str, Any]:
        if type(items) is not dict:
            raise _unexpected("an object", items)
        out = {}
        for key, item in items.items():
            try:
                out[key] = read(item, strict)
            except ShapeError as error:
                raise error.inside(f"[{key!r}]") from None
        return out

    return values
