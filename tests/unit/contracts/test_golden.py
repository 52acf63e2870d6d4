"""Events as older releases wrote them: files here are added, never changed.

A new field goes into the newest version's file; a new version gets a folder of its own.
"""

from pathlib import Path

import orjson
import pytest
from google.protobuf.message import Message

from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS, read_logged

GOLDEN = Path(__file__).parents[2] / "golden" / "contracts"
FILES = sorted(GOLDEN.glob("v*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_version_ever_logged_is_read(path: Path, logged: dict[str, type[Message]]) -> None:
    version, kind = int(path.parent.name[1:]), logged[path.stem]
    data = path.read_bytes().rstrip(b"\n")
    message = read_logged(kind, version, data)
    if version == SCHEMA_VERSIONS[path.stem]:
        assert to_json(message) == data  # today's writer writes the very same bytes


def test_every_current_version_has_a_file() -> None:
    wanted = {f"v{version}/{kind}.json" for kind, version in SCHEMA_VERSIONS.items()}
    assert wanted <= {f"{path.parent.name}/{path.name}" for path in FILES}


@pytest.mark.parametrize("kind", SCHEMA_VERSIONS)
def test_the_newest_file_sets_every_field(kind: str, logged: dict[str, type[Message]]) -> None:
    path = GOLDEN / f"v{SCHEMA_VERSIONS[kind]}" / f"{kind}.json"
    told = set(orjson.loads(path.read_bytes()))
    assert told == {field.name for field in logged[kind].DESCRIPTOR.fields}
