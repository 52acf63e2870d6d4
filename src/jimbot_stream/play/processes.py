"""Which processes a run consists of: their commands, and how each says that it is ready."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from jimbot_stream.config import Settings, from_environment
from jimbot_stream.play.children import ChildSpec
from jimbot_stream.play.ports import LOOPBACK, free_ports

BROKER, STORE, WORKER, LEARNER = "broker", "store", "worker", "learner"
GATE_GAMES = 128
"""Games on which a run's gate compares checkpoints: enough to see a policy that fell apart."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the processes of a run find each other."""

    settings: Settings
    environment: Mapping[str, str]
    """What the children see: the environment of this process, with the settings."""
    own_broker: bool
    """False when the environment names a Kafka to use."""
    own_store: bool
    """False when the environment names an event log to use."""


def site(data: Path, given: Mapping[str, str] = os.environ) -> Site:
    """Free ports for whatever the environment does not name."""
    broker, store, web = free_ports(3)
    names = {
        "JIMBOT_BROKER": f"kafka://{LOOPBACK}:{broker}",
        "JIMBOT_LOG": f"kurrentdb://{LOOPBACK}:{store}?Tls=false&DefaultDeadline=10",
        **given,
        "JIMBOT_DATA": str(data),
        "JIMBOT_WEB_PORT": str(web),
        "PYTHONUNBUFFERED": "1",
    }
    return Site(
        settings=from_environment(names),
        environment=names,
        own_broker="JIMBOT_BROKER" not in given,
        own_store="JIMBOT_LOG" not in given,
    )


def servers(place: Site) -> list[ChildSpec]:
    """Broker and store, where they are ours; they listen where the environment says."""
    specs = []
    if place.own_broker:
        command = _entry("jimbot_stream.cli", "broker")
        specs.append(ChildSpec(BROKER, command, _Listening(place.settings.broker)))
    if place.own_store:
        command = _entry("jimbot_stream.eventlog.cli", "serve")
        specs.append(ChildSpec(STORE, command, _Listening(place.settings.log)))
    return specs


def worker(place: Site) -> ChildSpec:
    """The Faust worker; it is ready once its pages say that it takes records."""
    command = [sys.executable, "-m", "faust", "-A", "jimbot_stream", "worker", "-l", "info"]
    health = f"http://{LOOPBACK}:{place.settings.web_port}/health/"
    return ChildSpec(WORKER, command, _Healthy(health), patience_s=120.0)


@dataclass(frozen=True, slots=True)
class Learning:
    """What the learner of a run is told."""

    run_seed: int
    per_update: int
    """Games of a generation."""
    updates: int
    deck: str
    """Deck, stake and winning ante of the players' games, and so of the gate's."""
    stake: int
    win_ante: int
    gate_games: int = GATE_GAMES


def learner(what: Learning) -> ChildSpec:
    """The learner; it announces the untrained checkpoint first, and ends after its updates."""
    told = {
        "--run-seed": what.run_seed,
        "--episodes-per-update": what.per_update,
        "--updates": what.updates,
        "--gate-games": what.gate_games,
        "--deck": what.deck,
        "--stake": what.stake,
        "--win-ante": what.win_ante,
    }
    arguments = [text for name, value in told.items() for text in (name, str(value))]
    command = _entry("jimbot_stream.agents.cli", "online", *arguments)
    return ChildSpec(LEARNER, command, _at_once, finite=True)


def _entry(module: str, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-c", f"from {module} import main; main()", *arguments]


class _Listening:
    """Ready when somebody accepts connections at the address."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or LOOPBACK, parts.port

    async def __call__(self) -> bool:
        _, writer = await asyncio.open_connection(self._host, self._port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True


class _Healthy:
    """Ready when a page answers with success."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self) -> bool:
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=2.0)) as session,
                session.get(self._url) as response,
            ):
                return response.status == 200
        except (ClientError, TimeoutError):
            return False


async def _at_once() -> bool:
    return True
