import socket
from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from jimbot_stream.config import Settings
from jimbot_stream.worker import App, WebPortError

CHANGELOG = TP("t-changelog", 2)


class Store:
    """Remembers how far the changelog is in the database."""

    def __init__(self) -> None:
        self.offset: int | None = None

    def persisted_offset(self, partition: TP) -> int | None:
        return self.offset

    def set_persisted_offset(self, partition: TP, offset: int) -> None:
        self.offset = offset


class Sent:
    """A change that the bus has acknowledged."""

    def __init__(self, offset: int) -> None:
        self.topic_partition = CHANGELOG
        self.offset = offset

    def result(self) -> "Sent":
        return self


@pytest.fixture
def table(tmp_path: Path) -> Any:
    made = App(Settings(data=tmp_path)).byte_table("t")
    made._data = Store()
    return made


def test_a_table_holds_its_changelog_as_far_as_it_wrote_it(table: Any) -> None:
    for offset in range(3):
        table._on_changelog_sent(Sent(offset))
    assert table.data.offset == 2


def test_what_another_worker_wrote_in_between_is_still_to_be_read(table: Any) -> None:
    table._on_changelog_sent(Sent(0))
    table._on_changelog_sent(Sent(7))
    table._on_changelog_sent(Sent(8))
    assert table.data.offset == 0


def test_an_empty_table_has_all_of_a_changelog_to_read(table: Any) -> None:
    table._on_changelog_sent(Sent(4))
    assert table.data.offset is None


def test_without_a_web_port_the_command_line_turns_no_pages_on(tmp_path: Path) -> None:
    app = App(Settings(data=tmp_path, web_port=0))
    app.conf.web_enabled = True  # as Faust's command does, unless told --without-web
    assert not list(app.boot_strategy.web_server())


async def test_a_taken_port_is_named_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        app = App(Settings(data=tmp_path / "data", web_port=other.getsockname()[1]))
        with pytest.raises(WebPortError, match="set JIMBOT_WEB_PORT to another"):
            await app.on_first_start()
    assert not (tmp_path / "data").exists()
