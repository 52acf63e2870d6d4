"""The broker as a child process, started where nobody listens."""

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from jimbot_stream.bus.broker.api import encode_request
from jimbot_stream.config import Settings

_READY_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_API_VERSIONS: Final = 18


class BrokerStartError(Exception):
    """No broker could be started at the address; the message says why and what to do."""


@dataclass
class Child:
    """A broker that this process started. It is durable: killing it loses nothing."""

    process: subprocess.Popen[bytes]
    address: str

    def stop(self) -> None:
        """Ask it to end and wait; after ten seconds, kill it."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a ``kafka://`` address; of the first, where it names several.

    Raises:
        BrokerStartError: it is not one.
    """
    first = url.split(";")[0].split(",")[0]
    parts = urlsplit(first if "://" in first else f"kafka://{first}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise BrokerStartError(f"{url!r} is no broker address: kafka://HOST:PORT")
    return host, port or 9092


def ensure_broker(settings: Settings, parent: int | None = None) -> Child | None:
    """Start the embedded broker if nobody listens at the settings' address.

    Blocks until it answers. The child outlives this process unless parent is given, the
    id of a process to end with.

    Returns:
        The child, or None where a broker is there already or the address is not local.

    Raises:
        BrokerStartError: it did not come up, or something else has the port.
    """
    host, port = address_of(settings.broker)
    if _answers(host, port) or host not in _LOOPBACK:
        return None
    command = [sys.executable, "-m", "jimbot_stream.bus.broker"]
    command += ["--data", str(settings.data), "--listen", f"{host}:{port}"]
    if parent is not None:
        command += ["--parent", str(parent)]
    settings.data.mkdir(parents=True, exist_ok=True)
    log = settings.data / "broker.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    return _when_ready(process, host, port, log)


def _when_ready(process: subprocess.Popen[bytes], host: str, port: int, log: Path) -> Child | None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            if _answers(host, port):
                return None  # another process started one at the same moment
            raise BrokerStartError(f"the broker ended at once: {_last_line(log)}")
        if _answers(host, port):
            return Child(process, f"{host}:{port}")
        time.sleep(_POLL_SECONDS)
    process.kill()
    process.wait()
    raise BrokerStartError(f"the broker did not answer in {_READY_SECONDS:.0f} s: see {log}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {log}"


def _answers(host: str, port: int) -> bool:
    """Whether a Kafka broker listens there.

    Raises:
        BrokerStartError: somebody listens, but it is no Kafka broker.
    """
    try:
        with socket.create_connection((host, port), timeout=2.0) as client:
            client.sendall(encode_request(_API_VERSIONS, 0, 1, "probe", {}))
            answer = client.recv(8)
    except (ConnectionRefusedError, socket.gaierror):
        return False
    except OSError as error:
        raise BrokerStartError(f"{host}:{port} takes no connections: {error}") from error
    if answer[4:8] != (1).to_bytes(4, "big"):
        raise BrokerStartError(f"what listens on {host}:{port} is not a Kafka broker")
    return True
