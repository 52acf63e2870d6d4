from typing import NamedTuple

import pytest
from google.protobuf.message import Message

from jimbot_stream.contracts import GameEnded
from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import (
    SCHEMA_VERSIONS,
    UPCASTERS,
    Data,
    UnknownSchemaError,
    read_event,
    read_logged,
    upcast,
)
from tests.support.schemas import change_schema


def _rename(data: Data) -> Data:
    return {"ante": data["level"]}


def _shift(data: Data) -> Data:
    return {**data, "ante": data["ante"] + 1}


class Logged(NamedTuple):
    data: bytes
    metadata: bytes


STEPS = {("GameEnded", 1): _rename, ("GameEnded", 2): _shift}


def test_an_old_event_is_lifted_step_by_step() -> None:
    current = {"GameEnded": 3}
    lifted = upcast("GameEnded", 1, {"level": 4}, current=current, steps=STEPS)
    assert lifted == {"ante": 5}
    assert upcast("GameEnded", 2, {"ante": 4}, current=current, steps=STEPS) == {"ante": 5}
    assert upcast("GameEnded", 3, {"ante": 4}, current=current, steps=STEPS) == {"ante": 4}


def test_upcasting_leaves_the_original_alone() -> None:
    original = {"ante": 4}
    upcast("GameEnded", 2, original, current={"GameEnded": 3}, steps=STEPS)
    assert original == {"ante": 4}


def test_types_of_others_pass_through() -> None:
    assert upcast("SomethingElse", 99, {"x": 1}) == {"x": 1}


def test_a_future_version_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownSchemaError, match="upgrade"):
        read_logged(GameEnded, 2, b"{}")


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_from_which_nothing_leads_on_is_refused(version: int) -> None:
    with pytest.raises(UnknownSchemaError, match="nothing leads on"):
        read_logged(GameEnded, version, b"{}")


def test_every_older_version_has_an_upcaster() -> None:
    wanted = {(kind, old) for kind, now in SCHEMA_VERSIONS.items() for old in range(1, now)}
    assert set(UPCASTERS) == wanted


def test_the_table_names_exactly_what_is_logged(logged: dict[str, type[Message]]) -> None:
    assert set(SCHEMA_VERSIONS) == set(logged)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"ante":"x"}'])
def test_data_that_is_no_such_event_is_refused(data: bytes) -> None:
    with pytest.raises(ShapeError):
        read_logged(GameEnded, 1, data)


@pytest.mark.parametrize("metadata", [b"", b"{}", b'{"schema":"1"}'])
def test_the_metadata_of_an_event_names_its_schema_and_without_it_is_the_first(
    metadata: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_schema(monkeypatch, "GameEnded", _rename)
    assert read_event(GameEnded, Logged(b'{"level":4}', metadata)) == GameEnded(ante=4)


def test_an_event_of_the_current_schema_passes_no_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    change_schema(monkeypatch, "GameEnded", _rename)
    current = Logged(b'{"ante":4}', b'{"schema":"2"}')
    assert read_event(GameEnded, current) == GameEnded(ante=4)


def test_a_schema_that_is_no_number_is_refused() -> None:
    with pytest.raises(UnknownSchemaError, match="not a number"):
        read_event(GameEnded, Logged(b"{}", b'{"schema":"new"}'))
