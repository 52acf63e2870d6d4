"""The event log that the settings name, and the embedded store where none listens."""

import os
import socket
import sys
from dataclasses import fields
from typing import Protocol, Self
from urllib.parse import urlsplit

from jimbot_stream.config import Settings
from jimbot_stream.eventlog import EventLog, EventLogError
from jimbot_stream.starting import Child, StartError, start_server

_SQLITE = "sqlite:"
_READ_ONLY = "?mode=ro"


class OpenableLog(EventLog, Protocol):
    """An event log as it is before use: an async context manager."""

    async def open(self) -> Self:
        """Take files or connect; idempotent."""
        ...

    async def __aenter__(self) -> Self:
        """Open."""
        ...

    async def __aexit__(self, *unused: object) -> None:
        """Close."""
        ...


def open_log(settings: Settings) -> OpenableLog:
    """The log at ``settings.log``; use it as an async context manager.

    ``sqlite:PATH`` is a file that this process alone writes, ``sqlite:PATH?mode=ro`` one
    that it only reads. Modules of the clients are imported when their log is asked for.

    Raises:
        EventLogError: the address or the driver is none of ours.
    """
    address = settings.log
    if address.startswith(_SQLITE):
        from jimbot_stream.eventlog.embedded import EmbeddedLog

        path = address.removeprefix(_SQLITE)
        read_only = path.endswith(_READ_ONLY)
        return EmbeddedLog(path.removesuffix(_READ_ONLY), read_only=read_only)
    if urlsplit(address).scheme.split("+")[0] not in ("kurrentdb", "kdb", "esdb"):
        raise EventLogError(
            f"JIMBOT_LOG={address!r}: give a kurrentdb:// or esdb:// address, or sqlite:PATH"
        )
    return _client(settings.log_driver, address)


def ensure_store(settings: Settings) -> Child | None:
    """Start ``jimbot-store serve`` as a child if the log is the default one and nobody listens.

    The child ends when this process does. None: somebody listens already, or the log is
    not ours to start.

    Raises:
        EventLogError: the child does not come up, or another folder's store listens there.
    """
    host, port = host_port(settings.log)
    if settings.log != _default_log():
        return None
    if _listens(host, port):
        refuse_other_store(settings)
        return None
    command = [sys.executable, "-m", "jimbot_stream.eventlog.cli", "serve"]
    command += ["--db", str(settings.log_file), "--listen", f"{host}:{port}"]
    command += ["--parent", str(os.getpid())]
    try:
        return start_server(command, lambda: _listens(host, port), settings.data / "store.log")
    except StartError as error:
        raise EventLogError(f"no event log on {host}:{port}: {error}") from error


def refuse_other_store(settings: Settings) -> None:
    """Make sure that the store at the default address serves the folder of the settings.

    An address that was given is taken as it is meant. A server that is none of our stores, or
    that does not answer, is not ours to judge.

    Raises:
        EventLogError: it serves another folder.
    """
    if settings.log != _default_log():
        return
    host, port = host_port(settings.log)
    if not _listens(host, port):
        return
    from jimbot_stream.eventlog.whereabouts import served_by

    served = served_by(host, port)
    if served is not None and served != settings.log_file.resolve():
        raise EventLogError(
            f"the store at {host}:{port} serves {served}, but JIMBOT_DATA means"
            f" {settings.log_file.resolve()}: set JIMBOT_DATA={served.parent}, or end that store,"
            f" or give this folder one of its own: jimbot-store serve --listen {host}:PORT, and"
            f" JIMBOT_LOG='kurrentdb://{host}:PORT?Tls=false'"
        )


def _client(driver: str, address: str) -> OpenableLog:
    if driver == "kurrentdb":
        from jimbot_stream.eventlog.kurrent import KurrentLog

        return KurrentLog(address)
    if driver == "eventstoredb":
        from jimbot_stream.eventlog.eventstoredb import EventStoreDBLog

        return EventStoreDBLog(address)
    raise EventLogError(f"JIMBOT_LOG_DRIVER={driver!r}: give kurrentdb or eventstoredb")


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def host_port(address: str) -> tuple[str, int]:
    """Host and port that an address names; the server's own defaults where it names none."""
    parts = urlsplit(address)
    return parts.hostname or "127.0.0.1", parts.port or 2113


def _default_log() -> str:
    return next(str(item.default) for item in fields(Settings) if item.name == "log")
