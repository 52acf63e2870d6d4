"""From messages to JSON values, along plans that are made once per message type."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

EXACT_INTEGERS = 2**53
"""Up to here every JSON reader keeps integers exact."""

_Convert = Callable[[Any], Any]
_Plan = dict[FieldDescriptor, tuple[str, _Convert | None]]

_plans: dict[Descriptor, _Plan] = {}


def value_of(message: Message) -> dict[str, Any]:
    """The message as values that any JSON library can write."""
    return _fields(message, _plan(cast(Descriptor, message.DESCRIPTOR)))


def _fields(message: Message, plan: _Plan) -> dict[str, Any]:
    # ListFields yields what is set, in the order of field numbers.
    out = {}
    for field, value in message.ListFields():
        name, convert = plan[field]
        out[name] = value if convert is None else convert(value)
    return out


def _plan(descriptor: Descriptor) -> _Plan:
    plan = _plans.get(descriptor)
    if plan is None:
        plan = _plans[descriptor] = {}  # before its fields: a message may contain itself
        for field in descriptor.fields:
            plan[field] = (field.name, _converter(field))
    return plan


def _converter(field: FieldDescriptor) -> _Convert | None:
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        return _mapping(_single(kind.fields_by_name["value"]))
    convert = _single(field)
    if field.is_repeated:
        return list if convert is None else _each(convert)
    return convert


def _single(field: FieldDescriptor) -> _Convert | None:
    """How one value of the field is written; None: as it is."""
    if field.message_type is not None:
        return _message(field.message_type)
    if field.enum_type is not None:
        return _enum(field.enum_type)
    kind = field.cpp_type
    if kind in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return _integer
    if kind in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return _number
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes
    return None


def _message(descriptor: Descriptor) -> _Convert:
    if descriptor.full_name == "google.protobuf.Timestamp":
        return lambda value: value.ToJsonString()
    if descriptor.full_name.startswith("google.protobuf."):
        raise TypeError(f"{descriptor.full_name} has a JSON form of its own, not written here")
    plan = _plan(descriptor)
    return lambda value: _fields(value, plan)


def _enum(descriptor: EnumDescriptor) -> _Convert:
    names = {number: value.name for number, value in descriptor.values_by_number.items()}
    return lambda number: names.get(number, number)


def _integer(value: int) -> int | str:
    return value if -EXACT_INTEGERS <= value <= EXACT_INTEGERS else str(value)


def _number(value: float) -> float | str:
    if isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _each(convert: _Convert) -> _Convert:
    def values(items: Iterable[Any]) -> list[Any]:
        return [convert(item) for item in items]

    return values


def _mapping(convert: _Convert | None) -> _Convert:
    def values(items: Mapping[Any, Any]) -> dict[str, Any]:
        pairs = sorted((_key(key), items[key]) for key in items)
        return {key: value if convert is None else convert(value) for key, value in pairs}

    return values


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
