import importlib.util
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from jimbot_stream import contracts
from jimbot_stream.config import Settings
from jimbot_stream.contracts.reference import build_image, events_page
from jimbot_stream.streams.intake.rejection import REASONS, reasons
from jimbot_stream.streams.metrics import COUNTERS, HISTOGRAMS
from jimbot_stream.streams.topics import TOPICS

ROOT = Path(__file__).parents[3]
PAGES = [
    "events.md",
    "topics.md",
    "settings.md",
    "dead-letters.md",
    "metrics.md",
    "cards.md",
    "observation.md",
]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def image() -> FileDescriptorSet:
    return build_image(ROOT / "proto")


def _page(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_the_code_says(build: ModuleType, name: str) -> None:
    assert _page(name) == build.build_page(name), "stale: run python docs/build.py"


def test_a_stale_page_is_named(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "TOPICS", TOPICS[1:])
    assert build.main(["--check"]) == 1
    assert "topics.md is stale" in capsys.readouterr().err


def test_every_metric_is_documented() -> None:
    for name, text in [*COUNTERS.items(), *HISTOGRAMS.items()]:
        assert re.search(rf"\| `{name}` \| \w+ \| {re.escape(text)} \|", _page("metrics.md"))


def test_every_event_topic_setting_and_reason_is_documented() -> None:
    for name in contracts.__all__:
        assert f"### {name}\n" in _page("events.md")
    for topic in TOPICS:
        assert f"| `{topic.name}` | {topic.content} |" in _page("topics.md")
    for setting in fields(Settings):
        assert f"| `{setting.metadata['env']}` |" in _page("settings.md")
    for reason in reasons():
        assert f"| `{reason}` | {REASONS[reason]} |" in _page("dead-letters.md")


def test_a_message_without_a_comment_fails_the_page(image: FileDescriptorSet) -> None:
    bare = FileDescriptorSet()
    bare.CopyFrom(image)
    for file in bare.file:
        for place in file.source_code_info.location:
            if tuple(place.path) == (4, 0):  # the first message of the file
                place.ClearField("leading_comments")
    with pytest.raises(ValueError, match="has no comment"):
        events_page(bare)


def test_a_new_proto_file_must_be_given_a_section(image: FileDescriptorSet) -> None:
    more = FileDescriptorSet()
    more.CopyFrom(image)
    more.file.add(name="new.proto", package="jimbot_stream.contracts.v1")
    with pytest.raises(ValueError, match="no section for new"):
        events_page(more)
