"""The reference page of events, from the comments of the .proto files.

``python -m jimbot_stream.contracts.reference``, run in a checkout, prints the page;
``docs/build.py`` writes it.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

TITLES = {
    "envelope": "Envelope",
    "game": "Games",
    "decision": "Decisions",
    "learning": "Learning",
    "evaluation": "Evaluations and service",
    "audit": "Audit",
}
"""Section per .proto file, in the order of the page."""

_MESSAGE, _ENUM, _FIELD, _VALUE = 4, 5, 2, 2  # field numbers of descriptor.proto, as paths
_Comments = Mapping[tuple[int, ...], str]
_OWN = "jimbot_stream.contracts.v1."


def build_image(proto: Path) -> FileDescriptorSet:
    """The compiled .proto files with their comments, by buf.

    Raises:
        subprocess.CalledProcessError: they do not compile.
    """
    buf = Path(sys.executable).with_name("buf")
    command = [str(buf), "build", str(proto), "-o", "-#format=binpb", "--as-file-descriptor-set"]
    return FileDescriptorSet.FromString(subprocess.check_output(command))


def events_page(image: FileDescriptorSet) -> str:
    """The page, in Markdown."""
    files = {Path(file.name).stem: file for file in image.file if file.package == _OWN[:-1]}
    lines = [
        "# Events",
        "",
        "Every message on the bus and in the event log, from the comments of `proto/`.",
        "In JSON, names stand as they are here, and default values are left out.",
    ]
    for stem, title in TITLES.items():
        lines += ["", f"## {title}", *_file(files.pop(stem))]
    if files:
        raise ValueError(f"no section for {', '.join(files)}")
    return "\n".join(lines) + "\n"


def _file(file: FileDescriptorProto) -> Iterator[str]:
    comments = _comments(file)
    for index, message in enumerate(file.message_type):
        yield from _message(message, (_MESSAGE, index), comments)
    for index, enum in enumerate(file.enum_type):
        yield from _enum(enum, (_ENUM, index), comments)


def _comments(file: FileDescriptorProto) -> _Comments:
    return {
        tuple(place.path): " ".join(place.leading_comments.split())
        for place in file.source_code_info.location
        if place.leading_comments
    }


def _told(comments: _Comments, path: tuple[int, ...], name: str) -> str:
    if path not in comments:
        raise ValueError(f"{name} has no comment in its .proto file")
    return comments[path]


def _message(message: DescriptorProto, path: tuple[int, ...], comments: _Comments) -> Iterator[str]:
    yield from _head(message.name, _told(comments, path, message.name))
    rows = []
    for index, field in enumerate(message.field):
        told = _told(comments, (*path, _FIELD, index), field.name)
        if field.HasField("oneof_index"):
            told += f" One of `{message.oneof_decl[field.oneof_index].name}`."
        rows.append((f"`{field.name}`", str(field.number), _type(field, message), told))
    yield from _table(("field", "number", "type", "meaning"), rows)


def _enum(enum: EnumDescriptorProto, path: tuple[int, ...], comments: _Comments) -> Iterator[str]:
    yield from _head(enum.name, _told(comments, path, enum.name))
    rows = [
        (f"`{value.name}`", str(value.number), _told(comments, (*path, _VALUE, index), value.name))
        for index, value in enumerate(enum.value)
    ]
    yield from _table(("value", "number", "meaning"), rows)


def _head(name: str, comment: str) -> Iterator[str]:
    yield from ("", f"### {name}", "", comment, "")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _type(field: FieldDescriptorProto, message: DescriptorProto) -> str:
    name = field.type_name.removeprefix(".")
    for entry in message.nested_type:
        if entry.options.map_entry and name.endswith(f".{entry.name}"):
            return " to ".join(_type(part, entry) for part in entry.field)
    if name:
        shown = _link(name)
    else:
        shown = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    return f"list of {shown}" if field.label == field.LABEL_REPEATED else shown


def _link(name: str) -> str:
    own = name.removeprefix(_OWN)
    return f"[{own}](#{own.lower()})" if own != name else f"`{name}`"


if __name__ == "__main__":
    sys.stdout.write(events_page(build_image(Path("proto"))))
