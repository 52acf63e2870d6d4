"""As if a later release had changed the shape of a logged event."""

from collections.abc import MutableMapping
from typing import Any, cast

import pytest

from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS, UPCASTERS, Upcaster


def change_schema(monkeypatch: pytest.MonkeyPatch, kind: str, upcaster: Upcaster) -> None:
    """Make every event of this kind that is in a log one of the schema before."""
    old = SCHEMA_VERSIONS[kind]
    monkeypatch.setitem(_written(SCHEMA_VERSIONS), kind, old + 1)
    monkeypatch.setitem(_written(UPCASTERS), (kind, old), upcaster)


def _written(table: object) -> MutableMapping[Any, Any]:
    return cast(MutableMapping[Any, Any], table)
