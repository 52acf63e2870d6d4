"""The broker as a child process, started where nobody listens."""

import socket
import sys
from typing import Final
from urllib.parse import urlsplit

from jimbot_stream.bus.broker.api import encode_request
from jimbot_stream.config import Settings
from jimbot_stream.starting import Child, StartError, start_server

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_API_VERSIONS: Final = 18


class BrokerStartError(Exception):
    """No broker could be started at the address; the message says why and what to do."""


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
    log = settings.data / "broker.log"
    try:
        return start_server(command, lambda: _answers(host, port), log)
    except StartError as error:
        raise BrokerStartError(f"no broker on {host}:{port}: {error}") from error


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
