"""The first field in which two messages differ."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

ABSENT = "(absent)"

Difference = tuple[str, str, str]
"""Path of the field, expected value, value got."""


def first_difference(expected: Message, got: Message) -> Difference | None:
    """Path and both values of the first difference, in field order; None when equal."""
    if expected == got:
        return None
    return next(_differences(expected, got, ""), None)


def _differences(expected: Message, got: Message, path: str) -> Iterator[Difference]:
    for field in expected.DESCRIPTOR.fields:
        here = f"{path}{field.name}"
        left, right = getattr(expected, field.name), getattr(got, field.name)
        if _is_map(field):
            if left != right:
                yield here, str(dict(left)), str(dict(right))
        elif field.is_repeated:
            yield from _in_lists(field, left, right, here)
        elif field.message_type is None:
            if left != right:
                yield here, _shown(field, left), _shown(field, right)
        elif expected.HasField(field.name) != got.HasField(field.name):
            yield here, _presence(expected, field), _presence(got, field)
        else:
            yield from _differences(left, right, f"{here}.")


def _is_map(field: Any) -> bool:
    message = field.message_type
    return message is not None and bool(message.GetOptions().map_entry)


def _in_lists(field: Any, expected: Any, got: Any, path: str) -> Iterator[Difference]:
    for index in range(max(len(expected), len(got))):
        here = f"{path}[{index}]"
        if index >= len(expected):
            yield here, ABSENT, _shown(field, got[index])
        elif index >= len(got):
            yield here, _shown(field, expected[index]), ABSENT
        elif field.message_type is not None:
            yield from _differences(expected[index], got[index], f"{here}.")
        elif expected[index] != got[index]:
            yield here, _shown(field, expected[index]), _shown(field, got[index])


def _presence(message: Message, field: Any) -> str:
    return _shown(field, getattr(message, field.name)) if message.HasField(field.name) else ABSENT


def _shown(field: Any, value: Any) -> str:
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        return named.name if named else str(value)
    if isinstance(value, Message):
        return " ".join(str(value).split()) or "{}"
    return repr(value)
