"""Primitive codec of the Kafka wire protocol, and message layouts written as text.

A layout reads like the protocol's own documentation::

    acks:i16 topics[name:string partitions[index:i32 records:bytes?]]

``name:type`` is a field, ``name:type[]`` an array of a primitive, ``name[...]`` an array of
structures. ``?`` allows null, ``@3`` means since version 3, ``@2-4`` versions 2 to 4,
``=-1`` is the value written where none is given. Only non-flexible versions are spoken,
so there are no compact types and no tagged fields.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

Message = dict[str, Any]
"""Fields of a request or response by name."""


class WireError(Exception):
    """Bytes that do not follow the layout."""


class Reader:
    """A position in received bytes."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes | memoryview) -> None:
        self.data = memoryview(data)
        self.at = 0

    def take(self, size: int) -> memoryview:
        """The next size bytes, without a copy."""
        end = self.at + size
        if size < 0 or end > len(self.data):
            raise WireError(f"{size} bytes wanted at {self.at} of {len(self.data)}")
        part = self.data[self.at : end]
        self.at = end
        return part


class Type(Protocol):
    """How one kind of value stands on the wire."""

    @property
    def default(self) -> Any:
        """What is written where a message has no value."""
        ...

    def read(self, reader: Reader) -> Any:
        """Take a value from the reader."""
        ...

    def write(self, out: bytearray, value: Any) -> None:
        """Add a value to the output."""
        ...


class Number:
    """A fixed-width big-endian number."""

    def __init__(self, code: str, default: Any = 0) -> None:
        self._struct = struct.Struct(">" + code)
        self.default = default

    def read(self, reader: Reader) -> Any:
        """Take a number."""
        return self._struct.unpack(reader.take(self._struct.size))[0]

    def write(self, out: bytearray, value: Any) -> None:
        """Add a number."""
        out += self._struct.pack(value)


_INT16: Final = Number("h")
_INT32: Final = Number("i")


class Sized:
    """Text (``str``) or a blob (``bytes``) after its length; -1 stands for null."""

    def __init__(self, size: Number, text: bool, nullable: bool) -> None:
        self._size, self._text, self._nullable = size, text, nullable
        self.default: str | bytes | None = None if nullable else "" if text else b""

    def read(self, reader: Reader) -> Any:
        """Take a value; a blob stays a view of the received bytes."""
        size = self._size.read(reader)
        if size == -1 and self._nullable:
            return None
        part = reader.take(size)
        if not self._text:
            return part
        try:
            return str(part, "utf-8")
        except UnicodeDecodeError as error:
            raise WireError(f"text that is not UTF-8: {error}") from None

    def write(self, out: bytearray, value: Any) -> None:
        """Add a value after its length."""
        if value is None and self._nullable:
            self._size.write(out, -1)
            return
        raw = value.encode() if self._text else value
        self._size.write(out, len(raw))
        out += raw


class Array:
    """A counted list of one type."""

    def __init__(self, item: Type, nullable: bool) -> None:
        self._item, self._nullable = item, nullable
        self.default: list[Any] | None = None if nullable else []

    def read(self, reader: Reader) -> Any:
        """Take a list."""
        count = _INT32.read(reader)
        if count == -1 and self._nullable:
            return None
        if not 0 <= count <= len(reader.data) - reader.at:
            raise WireError(f"array of {count} items in {len(reader.data) - reader.at} bytes")
        return [self._item.read(reader) for _ in range(count)]

    def write(self, out: bytearray, value: Sequence[Any] | None) -> None:
        """Add a list."""
        if value is None and self._nullable:
            _INT32.write(out, -1)
            return
        items = value or ()
        _INT32.write(out, len(items))
        for item in items:
            self._item.write(out, item)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fields of one version of a structure, in wire order."""

    fields: tuple[tuple[str, Type, Any], ...]
    known: frozenset[str]
    """Names of all versions: others in a message are a mistake of ours."""
    default: None = None

    def read(self, reader: Reader) -> Message:
        """Take a structure."""
        return {name: kind.read(reader) for name, kind, _ in self.fields}

    def write(self, out: bytearray, value: Message) -> None:
        """Add a structure; fields that are not given take their default."""
        if not value.keys() <= self.known:
            raise KeyError(f"unknown fields {sorted(value.keys() - self.known)}")
        for name, kind, default in self.fields:
            kind.write(out, value.get(name, default))


_NUMBERS: Final[dict[str, Number]] = {
    "bool": Number("?", default=False),
    "i8": Number("b"),
    "i16": _INT16,
    "i32": _INT32,
    "i64": Number("q"),
}
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>\w+)(?:(?P<open>\[)|:(?P<type>\w+))|(?P<close>\]))(?P<list>\[\])?"
    r"(?P<null>\?)?(?:@(?P<since>\d+)(?P<range>-(?P<until>\d+)?)?)?(?:=(?P<default>-?\d+))?\s*"
)


def layout(text: str, version: int) -> Layout:
    """The layout that a text describes for one version.

    Raises:
        ValueError: the text is not a layout.
    """
    made, closing = _structure(text, 0, version)
    if closing is not None:
        raise ValueError(f"closed too often: {text!r}")
    return made


def _structure(text: str, at: int, version: int) -> tuple[Layout, re.Match[str] | None]:
    fields: list[tuple[str, Type, Any]] = []
    known: set[str] = set()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"not a layout at {at}: {text[at : at + 30]!r}")
        if token["close"]:
            return Layout(tuple(fields), frozenset(known)), token
        name, kind, token = _field(text, token, version)
        at = token.end()
        known.add(name)
        if _spoken(token, version):
            default = kind.default if token["default"] is None else int(token["default"])
            fields.append((name, kind, default))
    return Layout(tuple(fields), frozenset(known)), None


def _field(text: str, token: re.Match[str], version: int) -> tuple[str, Type, re.Match[str]]:
    """Name and type of a field, and the token that bears its suffixes."""
    if not token["open"]:
        return token["name"], _primitive(token), token
    inner, closing = _structure(text, token.end(), version)
    if closing is None:
        raise ValueError(f"never closed: {token['name']}")
    return token["name"], Array(inner, nullable=bool(closing["null"])), closing


def _primitive(token: re.Match[str]) -> Type:
    nullable = bool(token["null"])
    kind: Type
    if token["type"] in _NUMBERS:
        kind = _NUMBERS[token["type"]]
    elif token["type"] in ("string", "bytes"):
        text = token["type"] == "string"
        kind = Sized(_INT16 if text else _INT32, text, nullable and not token["list"])
    else:
        raise ValueError(f"no such type: {token['type']}")
    return Array(kind, nullable) if token["list"] else kind


def _spoken(token: re.Match[str], version: int) -> bool:
    if token["since"] is None:
        return True
    since = int(token["since"])
    until = int(token["until"]) if token["until"] else version
    return since <= version <= until
