from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SealCreated(_message.Message):
    __slots__ = ("size", "root", "previous_size", "previous_root", "frontier", "leaves", "last_position", "note")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SIZE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_ROOT_FIELD_NUMBER: _ClassVar[int]
    FRONTIER_FIELD_NUMBER: _ClassVar[int]
    LEAVES_FIELD_NUMBER: _ClassVar[int]
    LAST_POSITION_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    size: int
    root: str
    previous_size: int
    previous_root: str
    frontier: _containers.RepeatedScalarFieldContainer[str]
    leaves: str
    last_position: int
    note: str
    def __init__(self, size: _Optional[int] = ..., root: _Optional[str] = ..., previous_size: _Optional[int] = ..., previous_root: _Optional[str] = ..., frontier: _Optional[_Iterable[str]] = ..., leaves: _Optional[str] = ..., last_position: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...
