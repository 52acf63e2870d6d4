"""The view for other tools, held to the rules of CloudEvents 1.0.2 for attributes and for JSON."""

import base64
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundling.cloudevents import cloud_event
from tests.support.homes import replay

House = Any  # of ../conftest.py
EVENT = RecordedEvent(
    "game-x", 3, 9, UUID(int=7), "DecisionMade", b'{"a":1}', b"{}", 1_700_000_000_123_456_789
)
REQUIRED = ("id", "source", "specversion", "type")
MEMBERS = {"data", "data_base64"}
"""The two members of the JSON format that are no attributes."""
URI_REFERENCE = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def check(line: bytes) -> dict[str, Any]:
    """The event of a line, if it keeps the rules."""
    assert b"\n" not in line
    told: dict[str, Any] = orjson.loads(line)
    for name in REQUIRED:
        assert told[name], f"{name} is required, and not empty"
    assert told["specversion"] == "1.0"
    for name, value in told.items():
        if name not in MEMBERS:
            assert re.fullmatch(r"[a-z0-9]{1,20}", name), f"{name}: lower-case letters and digits"
            assert isinstance(value, str), f"{name}: numbers beyond 32 bits are told as text"
            assert value, f"{name}: an attribute is never empty"
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", value), (
                f"{name}: no controls"
            )
    for name in ("source", "dataschema"):
        assert URI_REFERENCE.fullmatch(told[name]), f"{name} is a URI reference"
    assert urlsplit(told["dataschema"]).scheme, "dataschema is absolute"
    assert TIMESTAMP.fullmatch(told["time"]), "time is RFC 3339"
    assert len(MEMBERS & told.keys()) == 1, "data, or data in base64, never both"
    if "data" in told:
        assert told["datacontenttype"] == "application/json"
    return told


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@given(
    data=st.one_of(st.binary(), st.just(b'{\n "a": 1}'), st.just(b'{"n":12345678901234567890}')),
    metadata=st.one_of(st.binary(), st.just(b'{"schema":"2","$correlationId":"c"}')),
    stream=NAMES,
    kind=NAMES,
    ns=st.integers(0, 4 * 10**18),
    revision=st.integers(0, 2**62),
)
def test_every_event_keeps_the_rules(
    data: bytes, metadata: bytes, stream: str, kind: str, ns: int, revision: int
) -> None:
    changes = {"data": data, "metadata": metadata, "stream": stream, "type": kind}
    event = replace(EVENT, **changes, created_ns=ns, revision=revision)  # type: ignore[arg-type]  # one dict of both

    told = check(cloud_event(event))

    assert unquote(told["source"]) == f"/jimbot/{stream}"
    assert told["type"] == f"dev.jimbot.{kind}"
    if "data_base64" in told:
        assert base64.b64decode(told["data_base64"]) == data
    else:
        assert told["data"] == orjson.loads(data)


def test_what_the_attributes_say() -> None:
    metadata = b'{"$correlationId":"x:1","$causationId":"","schema":"1","digest":"d"}'

    told = check(cloud_event(replace(EVENT, metadata=metadata)))

    assert told == {
        "specversion": "1.0",
        "id": "00000000-0000-0000-0000-000000000007",
        "source": "/jimbot/game-x",
        "type": "dev.jimbot.DecisionMade",
        "subject": "x",
        "time": "2023-11-14T22:13:20.123456789Z",
        "dataschema": "urn:jimbot:schema:DecisionMade:1",
        "sequence": "3",
        "partitionkey": "game-x",
        "correlationid": "x:1",
        "datacontenttype": "application/json",
        "data": {"a": 1},
    }


@pytest.mark.parametrize("number", [b"1.10", b"1e5", b"12345678901234567890123"])
def test_numbers_stand_as_they_were_recorded(number: bytes) -> None:
    assert b'"data":{"n":' + number + b"}" in cloud_event(replace(EVENT, data=b'{"n":%s}' % number))


def test_a_log_is_written_as_lines(house: House, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"

    done = replay("export", "--data", house.folder, "--view", "cloudevents", "--out", out)

    assert done.exit_code == 0, done.output
    told = [check(line) for line in out.read_bytes().splitlines()]
    assert [each["id"] for each in told] == [str(event.id) for event in house.events]
    assert len({(each["source"], each["id"]) for each in told}) == len(told)
    assert all(datetime.fromisoformat(each["time"][:26]) for each in told)
