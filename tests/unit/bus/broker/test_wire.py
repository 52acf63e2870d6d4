"""The codec: what is written is read back, and damage is an error, never a surprise."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.bus.broker.api import APIS, read_header, request_layout, response_layout
from jimbot_stream.bus.broker.wire import Array, Layout, Number, Reader, Sized, WireError, layout

LAYOUTS = [
    (api.name, version, kind(key, version))
    for key, api in APIS.items()
    for version in range(api.first, api.last + 1)
    for kind in (request_layout, response_layout)
]


def messages(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the wire."""
    if isinstance(kind, Layout):
        return st.fixed_dictionaries({name: messages(inner) for name, inner, _ in kind.fields})
    if isinstance(kind, Array):
        return st.lists(messages(kind._item), max_size=3)
    if isinstance(kind, Sized):
        made: st.SearchStrategy[Any] = (
            st.text(max_size=20) if kind._text else st.binary(max_size=20)
        )
        return st.none() | made if kind._nullable else made
    assert isinstance(kind, Number)
    if kind.default is False:
        return st.booleans()
    bits = 8 * kind._struct.size - 1
    return st.integers(-(2**bits), 2**bits - 1)


@given(st.sampled_from(LAYOUTS).flatmap(lambda one: st.tuples(st.just(one), messages(one[2]))))
def test_every_message_of_every_version_comes_back_as_it_went(case: Any) -> None:
    (_, _, kind), message = case
    out = bytearray()
    kind.write(out, message)
    reader = Reader(bytes(out))
    assert kind.read(reader) == message
    assert reader.at == len(out)


@given(st.sampled_from(LAYOUTS), st.binary(max_size=200))
def test_garbage_is_a_wire_error_or_a_message(case: Any, garbage: bytes) -> None:
    with suppress(WireError):
        case[2].read(Reader(garbage))


def test_versions_choose_their_fields() -> None:
    text = "a:i8 b:i8@2 c:i8@1-2 d[e:string f:i32[]@2]?@1"
    assert [name for name, _, _ in layout(text, 0).fields] == ["a"]
    assert [name for name, _, _ in layout(text, 2).fields] == ["a", "b", "c", "d"]
    assert [name for name, _, _ in layout(text, 3).fields] == ["a", "b", "d"]


def test_defaults_fill_what_is_not_given() -> None:
    kind = layout("a:i32=-1 b:string? c:string d:i16[] e:bool", 0)
    out = bytearray()
    kind.write(out, {})
    assert kind.read(Reader(bytes(out))) == {"a": -1, "b": None, "c": "", "d": [], "e": False}


def test_a_field_that_no_version_has_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="throttel"):
        layout("throttle:i32", 0).write(bytearray(), {"throttel": 1})


@pytest.mark.parametrize("text", ["a", "a:i9", "a[b:i8", "a:i8]", "?"])
def test_a_layout_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        layout(text, 0)


def test_an_array_longer_than_its_bytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(WireError, match="2147483647 items"):
        layout("a:i8[]", 0).read(Reader(b"\x7f\xff\xff\xff\x01"))


def test_a_header_is_read_before_the_body() -> None:
    header = read_header(Reader(b"\x00\x12\x00\x03\x00\x00\x00\x05\x00\x01x..."))
    assert (header.key, header.version, header.correlation, header.client_id) == (18, 3, 5, "x")
    assert not header.known
