"""The broker as a process: started where none is, and ended as asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from jimbot_stream.bus.broker.cli import broker
from jimbot_stream.bus.broker.process import BrokerStartError, address_of, ensure_broker
from jimbot_stream.config import Settings
from tests.support.ports import free_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(broker=f"kafka://127.0.0.1:{free_port()}", data=tmp_path)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process to be the parent of a broker."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_a_broker_is_started_once_and_reused(settings: Settings) -> None:
    child = ensure_broker(settings)
    assert child is not None
    with child:
        assert ensure_broker(settings) is None
        assert settings.broker_file.exists()
    assert child.process.returncode == 0
    text = (settings.data / "broker.log").read_text()
    assert "One node, no replication" in text
    assert "all acknowledged records are on disk" in text


def test_a_child_ends_with_the_parent_that_was_named(
    settings: Settings, sleeper: subprocess.Popen[bytes]
) -> None:
    child = ensure_broker(settings, parent=sleeper.pid)
    assert child is not None
    assert child.process.poll() is None
    sleeper.kill()
    sleeper.wait()
    assert child.process.wait(10) == 0


def test_a_second_process_on_the_same_data_says_why_it_cannot(settings: Settings) -> None:
    child = ensure_broker(settings)
    assert child is not None
    with child:
        command = [sys.executable, "-m", "jimbot_stream.bus.broker", "--listen", "127.0.0.1:0"]
        second = subprocess.run(
            [*command, "--data", str(settings.data)], capture_output=True, text=True, check=False
        )
        assert second.returncode == 1
        assert "another broker has broker.sqlite open" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_stranger_on_the_port_is_noticed(settings: Settings) -> None:
    host, port = address_of(settings.broker)
    with socket.socket() as stranger:
        stranger.bind((host, port))
        stranger.listen()
        with pytest.raises(BrokerStartError, match=str(port)):
            ensure_broker(settings)


def test_no_broker_is_started_for_another_machine(tmp_path: Path) -> None:
    settings = Settings(broker="kafka://kafka.invalid:9092", data=tmp_path)
    assert ensure_broker(settings) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("kafka://127.0.0.1:19092", ("127.0.0.1", 19092)),
        ("host", ("host", 9092)),
        ("kafka://a:1,b:2", ("a", 1)),
        ("kafka://a:1;kafka://b:2", ("a", 1)),
    ],
)
def test_addresses(url: str, expected: tuple[str, int]) -> None:
    assert address_of(url) == expected


@pytest.mark.parametrize("url", ["", "kafka://:9092", "kafka://host:port"])
def test_wrong_addresses_are_named(url: str) -> None:
    with pytest.raises(BrokerStartError, match="no broker address"):
        address_of(url)


def test_help_teaches_and_wrong_addresses_are_refused() -> None:
    runner = CliRunner()
    text = runner.invoke(broker, ["--help"]).output
    assert "without replication" in " ".join(text.split())
    assert "  Example:\n    jimbot-stream broker" in text
    answer = runner.invoke(broker, ["--listen", "19092"])
    assert answer.exit_code == 2
    assert "is not HOST:PORT" in answer.output


def test_interrupt_ends_it_cleanly(settings: Settings) -> None:
    child = ensure_broker(settings)
    assert child is not None
    began = time.monotonic()
    os.kill(child.process.pid, signal.SIGINT)
    assert child.process.wait(10) == 0
    assert time.monotonic() - began < 5
