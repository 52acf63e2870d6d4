"""Settings: one frozen dataclass, read once from the environment, and only here."""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import click


class SettingError(click.ClickException, ValueError):
    """A setting is malformed; every command prints the message instead of a traceback."""


def _setting(name: str, default: Any, text: str, limits: range | None = None) -> Any:
    kind = Path if isinstance(default, Path) else type(default)
    metadata = {"env": name, "doc": text, "type": kind, "limits": limits}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process of jimbot_stream can be told from outside."""

    broker: str = _setting(
        "JIMBOT_BROKER",
        "kafka://127.0.0.1:19092",
        "Kafka bootstrap address. Where it is on this machine and nobody listens, a worker starts"
        " the embedded broker there.",
    )
    log: str = _setting(
        "JIMBOT_LOG",
        "kurrentdb://127.0.0.1:12113?Tls=false&DefaultDeadline=10",
        "Address of the event log: a kurrentdb:// or esdb:// URI, or sqlite:PATH for a log that"
        " only this process uses. Unset: the embedded store, started where none listens.",
    )
    log_driver: str = _setting(
        "JIMBOT_LOG_DRIVER",
        "kurrentdb",
        "Client for the log's address: kurrentdb, or eventstoredb (development, no TLS).",
    )
    data: Path = _setting(  # noqa: RUF009 - it makes a field
        "JIMBOT_DATA", Path("jimbot-data"), "Folder for the embedded stores, tables and blobs."
    )
    topic_prefix: str = _setting(
        "JIMBOT_TOPIC_PREFIX", "", "Text before every topic name, for shared Kafka clusters."
    )
    partitions: int = _setting(
        "JIMBOT_PARTITIONS",
        4,
        "Partitions of the topics that are keyed by source.",
        limits=range(1, 10_001),
    )
    worker: str = _setting(
        "JIMBOT_WORKER", "worker-0", "Name of the worker: its static membership in the group."
    )
    web_port: int = _setting(
        "JIMBOT_WEB_PORT",
        16066,
        "Port of the worker's pages on 127.0.0.1; 0 turns them off.",
        limits=range(65_536),
    )
    checkpoint: str = _setting(
        "JIMBOT_CHECKPOINT",
        "",
        "sha256 of the checkpoint in service at start. Empty: what was promoted last, or the one"
        " before it where that cannot be used, else an untrained one.",
    )

    object_store_mib: int = _setting(
        "JIMBOT_OBJECT_STORE_MIB",
        2560,
        "Memory of Ray's object store where `jimbot-learn train --address local` begins one.",
        limits=range(76, 1 << 20),
    )
    workers_mib: int = _setting(
        "JIMBOT_WORKERS_MIB",
        3584,
        "Memory of the processes of this machine that play and learn in a training run. One that"
        " needs more is refused; one that outgrows it ends after the update at hand.",
        limits=range(1, 1 << 20),
    )
    checkpoints_mib: int = _setting(
        "JIMBOT_CHECKPOINTS_MIB",
        1024,
        "Memory of the checkpoints and snapshots that a training run has at hand at once; and disk"
        " for all that it keeps, besides what its replay memory may take: beyond it, the run is"
        " thinned out.",
        limits=range(1, 1 << 20),
    )
    buffer_mib: int = _setting(
        "JIMBOT_BUFFER_MIB",
        1024,
        "Memory of the replay memory of DQN; a profile that asks for more is refused.",
        limits=range(1, 1 << 20),
    )

    @property
    def blobs(self) -> Path:
        """Folder of content-addressed blobs, shared by worker, learner and replay."""
        return self.data / "blobs"

    @property
    def broker_file(self) -> Path:
        """SQLite file of the embedded broker."""
        return self.data / "broker.sqlite"

    @property
    def log_file(self) -> Path:
        """SQLite file of the embedded event log."""
        return self.data / "events.sqlite"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingError: a setting is malformed; the message names it.
    """
    env = os.environ if environment is None else environment
    given: dict[str, Any] = {}
    for item in fields(Settings):
        name = item.metadata["env"]
        if name in env:
            given[item.name] = _convert(name, env[name], **_kind(item))
    return Settings(**given)


def _kind(item: Field[Any]) -> dict[str, Any]:
    return {"kind": item.metadata["type"], "limits": item.metadata["limits"]}


def _convert(name: str, text: str, kind: type[Any], limits: range | None) -> Any:
    try:
        value = kind(text)
    except ValueError:
        raise SettingError(f"{name}={text!r} is not of type {kind.__name__}") from None
    if limits is not None and value not in limits:
        raise SettingError(f"{name}={text!r} is not between {limits[0]} and {limits[-1]}")
    return value
