"""The chain of a stream: any change is found, and located."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.digest import (
    StreamVerifier,
    chain,
    chain_of,
    chained_metadata,
    verify_stream,
)
from jimbot_stream.eventlog.naming import event_id

STREAM = "game-1"


def history(count: int = 6) -> list[RecordedEvent]:
    events, previous = [], ""
    for n in range(count):
        data = b'{"state":%d}' % n
        metadata = chained_metadata({"$correlationId": f"r{n}"}, data, previous)
        id_ = event_id(STREAM, "StateObserved", f"r{n}", data, metadata)
        event = RecordedEvent(STREAM, n, n + 1, id_, "StateObserved", data, metadata, n)
        events.append(event)
        previous = chain_of(event)
    return events


def test_an_untouched_history_is_sound() -> None:
    assert verify_stream(history(), STREAM) == []


def test_the_chain_is_the_published_formula() -> None:
    data, metadata, id_ = b"{}", b'{"prev":""}', UUID(int=5)
    parts = ["ab", STREAM, 3, str(id_), "T", sha256(data).hexdigest(), sha256(metadata).hexdigest()]
    wanted = sha256(orjson.dumps(parts)).hexdigest()
    assert chain("ab", STREAM, 3, id_, "T", data, metadata) == wanted


def test_the_first_event_follows_nothing() -> None:
    assert orjson.loads(history(1)[0].metadata)["prev"] == ""


def flipped(value: bytes, bit: int) -> bytes:
    place = bit % (8 * len(value))
    changed = bytearray(value)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 5), st.sampled_from(["data", "metadata", "id", "type"]), st.integers(0, 10_000)
)
def test_any_flipped_bit_is_found_at_its_event_or_the_next(place: int, part: str, bit: int) -> None:
    events = history()
    event = events[place]
    if part == "id":
        event = replace(event, id=UUID(bytes=flipped(event.id.bytes, bit)))
    elif part == "type":
        event = replace(event, type=flipped(event.type.encode(), bit).decode("latin-1"))
    elif part == "data":
        event = replace(event, data=flipped(event.data, bit))
    else:
        event = replace(event, metadata=flipped(event.metadata, bit))
    events[place] = event
    damages = verify_stream(events, STREAM)
    if place == 5 and part != "data" and not damages:
        # The last event has no successor: its head differs from the one kept elsewhere.
        assert chain_of(event) != chain_of(history()[5])
        return
    assert damages[0].revision in (place, place + 1)


@pytest.mark.parametrize("gone", [1, 3])
def test_a_missing_event_is_located(gone: int) -> None:
    events = [event for event in history() if event.revision != gone]
    damages = verify_stream(events, STREAM)
    assert {damage.revision for damage in damages} == {gone + 1}
    assert {damage.kind for damage in damages} == {"revision", "prev"}


def test_a_chain_that_loses_its_marks_is_damaged() -> None:
    events = history()
    events[3] = replace(events[3], metadata=b"{}")
    first = verify_stream(events, STREAM)[0]
    assert (first.revision, first.kind) == (3, "metadata")


def test_a_history_whose_head_was_truncated_by_retention_is_sound() -> None:
    assert verify_stream(history()[2:], STREAM) == []


def test_a_first_event_that_claims_a_predecessor_is_damaged() -> None:
    first = history(1)[0]
    forged = replace(first, metadata=chained_metadata({}, first.data, "ab" * 32))
    assert verify_stream([forged], STREAM)[0].kind == "prev"


def test_events_of_others_are_counted_and_not_blamed() -> None:
    verifier = StreamVerifier(STREAM)
    plain = RecordedEvent(STREAM, 0, 1, UUID(int=1), "T", b"{}", b"", 0)
    assert list(verifier.check(plain)) == []
    assert (verifier.events, verifier.unchained) == (1, 1)
