"""Which log the settings name, and the store that starts by itself."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jimbot_stream.config import Settings
from jimbot_stream.eventlog import EventLogError, LogUnavailableError, NewEvent, opening
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.eventstoredb import EventStoreDBLog
from jimbot_stream.eventlog.kurrent import KurrentLog
from jimbot_stream.eventlog.naming import event_id
from jimbot_stream.eventlog.opening import ensure_store, open_log
from jimbot_stream.eventlog.server import Door
from tests.support.ports import free_port


def settings(log: str, driver: str = "kurrentdb") -> Settings:
    return replace(Settings(), log=log, log_driver=driver)


@pytest.mark.parametrize(
    ("address", "driver", "kind"),
    [
        ("sqlite:events.sqlite", "kurrentdb", EmbeddedLog),
        ("kurrentdb://127.0.0.1:1?Tls=false", "kurrentdb", KurrentLog),
        ("esdb://127.0.0.1:1?Tls=false", "kurrentdb", KurrentLog),
        ("esdb+discover://me:secret@db.example:1", "kurrentdb", KurrentLog),
        ("esdb://127.0.0.1:1?Tls=false", "eventstoredb", EventStoreDBLog),
        ("kurrentdb://127.0.0.1:1?tls=FALSE", "eventstoredb", EventStoreDBLog),
    ],
)
async def test_the_address_and_the_driver_choose_the_log(
    address: str, driver: str, kind: type
) -> None:
    assert isinstance(open_log(settings(address, driver)), kind)


@pytest.mark.parametrize("address", ["", "events.sqlite", "http://127.0.0.1:2113"])
async def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(EventLogError, match="JIMBOT_LOG"):
        open_log(settings(address))


async def test_a_malformed_address_is_refused_without_telling_the_password() -> None:
    with pytest.raises(EventLogError, match="malformed") as caught:
        open_log(settings("kurrentdb://me:secret@db.example:1?Tls=maybe&NodePreference=x"))
    assert "secret" not in str(caught.value)


async def test_other_drivers_are_refused() -> None:
    with pytest.raises(EventLogError, match="JIMBOT_LOG_DRIVER"):
        open_log(settings("esdb://127.0.0.1:1?Tls=false", "mongodb"))


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("esdb://127.0.0.1:2113?tls=true", "plain text only"),
        ("esdb://127.0.0.1:2113", "plain text only"),
        ("esdb+discover://127.0.0.1:2113?Tls=false", "no clusters"),
        ("esdb://a:1,b:2?Tls=false", "no clusters"),
        ("esdb://admin:changeit@127.0.0.1:2113?Tls=false", "no users"),
    ],
)
async def test_the_eventstoredb_driver_refuses_what_its_package_ignores(uri: str, why: str) -> None:
    with pytest.raises(EventLogError, match=why):
        EventStoreDBLog(uri)


async def test_a_door_listens_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(EventLogError, match="neither TLS nor users"):
        Door(EmbeddedLog(tmp_path / "events.sqlite"), "0.0.0.0")


@pytest.mark.parametrize("kind", [KurrentLog, EventStoreDBLog])
async def test_a_log_that_nobody_serves_is_unavailable(
    kind: type[KurrentLog] | type[EventStoreDBLog],
) -> None:
    async with kind(f"esdb://127.0.0.1:{free_port()}?Tls=false&DefaultDeadline=5") as log:
        event = NewEvent(event_id("game-1", "T", "", b"{}"), "T", b"{}")
        with pytest.raises(LogUnavailableError):
            await log.append("game-1", [event], 0)
        with pytest.raises(LogUnavailableError):
            await anext(aiter(log.read_stream("game-1")))


async def test_a_log_that_never_answers_is_unavailable_at_the_deadline() -> None:
    calls: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: calls.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with KurrentLog(f"esdb://127.0.0.1:{port}?Tls=false&DefaultDeadline=1") as log:
        event = NewEvent(event_id("game-1", "T", "", b"{}"), "T", b"{}")
        async with asyncio.timeout(8):
            with pytest.raises(LogUnavailableError):
                await log.append("game-1", [event], 0)
    for call in calls:
        call.close()
        await call.wait_closed()
    server.close()


def test_a_store_is_started_for_the_default_address_only(tmp_path: Path) -> None:
    elsewhere = replace(settings(f"kurrentdb://127.0.0.1:{free_port()}?Tls=false"), data=tmp_path)
    assert ensure_store(elsewhere) is None
    assert ensure_store(settings(f"sqlite:{tmp_path}/events.sqlite")) is None


def test_a_store_is_started_where_none_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"kurrentdb://127.0.0.1:{free_port()}?Tls=false"
    monkeypatch.setattr(opening, "_default_log", lambda: address)
    wanted = replace(settings(address), data=tmp_path / "data")
    child = ensure_store(wanted)
    assert child is not None
    with child:
        assert ensure_store(wanted) is None
        assert wanted.log_file.exists()
    assert child.process.returncode == 0


@pytest.mark.crash
def test_a_store_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jimbot_stream.eventlog.cli", "serve"]
    options = ["--db", f"{tmp_path}/events.sqlite", "--listen", f"127.0.0.1:{free_port()}"]
    code = (
        "import os, subprocess, time;"
        f"child = subprocess.Popen({[*command, *options]!r} + ['--parent', str(os.getpid())]);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.stdout.readline()  # the store says where it listens
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def gone(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] == "Z":
            return True
        subprocess.run(["sleep", "0.1"], check=True)
    return False


@pytest.mark.crash
def test_a_store_with_a_parent_takes_no_notice_of_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jimbot_stream.eventlog.cli", "serve"]
    options = ["--db", f"{tmp_path}/events.sqlite", "--listen", f"127.0.0.1:{free_port()}"]
    store = subprocess.Popen(
        [*command, *options, "--parent", str(os.getpid())], stdout=subprocess.PIPE, text=True
    )
    assert store.stdout is not None
    assert "development event log" in store.stdout.readline()
    store.stdout.close()
    store.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        store.wait(1)
    store.terminate()
    assert store.wait(10) == 0
