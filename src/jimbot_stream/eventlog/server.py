"""A gRPC door to the embedded log, for other processes and other languages.

It speaks a subset of the KurrentDB wire protocol, so that the official clients work:
append, batch append, read, subscribe, delete, tombstone, gossip of one node, server
features. It is a development server and not KurrentDB: one node, no users, no TLS, no
persistent subscriptions, no projections, no link resolution; what is missing answers
UNIMPLEMENTED. It listens on loopback only.
"""

import asyncio
import ipaddress
from typing import Any, Self

import grpc
import grpc.aio
from kurrentdbclient.protos.v1 import gossip_pb2, gossip_pb2_grpc, shared_pb2, streams_pb2_grpc

from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.door import StreamsDoor
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.whereabouts import whereabouts

_VERSION = "24.10.0"  # the server whose answers are imitated
_MAX_MESSAGE = 17 << 20
_STOP_GRACE_S = 1.0


class Door:
    """The listening server; an async context manager."""

    def __init__(self, log: EmbeddedLog, host: str = "127.0.0.1", port: int = 12113) -> None:
        """Serve the log, which must be open, at the address; port 0 takes a free one.

        Raises:
            EventLogError: the address can be reached from other machines.
        """
        if not _is_loopback(host):
            raise EventLogError(f"the door has neither TLS nor users: not listening on {host}")
        self._log = log
        self._server: grpc.aio.Server | None = None
        self.host, self.port = host, port

    @property
    def uri(self) -> str:
        """Address for the official clients."""
        return f"kurrentdb://{self.host}:{self.port}?Tls=false&DefaultDeadline=10"

    async def open(self) -> Self:
        """Listen.

        Raises:
            EventLogError: the port is taken.
        """
        options = [
            ("grpc.max_receive_message_length", _MAX_MESSAGE),
            ("grpc.max_send_message_length", _MAX_MESSAGE),
            ("grpc.so_reuseport", 0),
        ]
        self._server = grpc.aio.server(options=options)
        streams_pb2_grpc.add_StreamsServicer_to_server(StreamsDoor(self._log), self._server)
        gossip_pb2_grpc.add_GossipServicer_to_server(_Gossip(self), self._server)
        self._server.add_generic_rpc_handlers((_features(), whereabouts(self._log.path)))
        try:
            self.port = self._server.add_insecure_port(f"{self.host}:{self.port}")
        except RuntimeError as error:
            raise EventLogError(
                f"cannot listen on {self.host}:{self.port}: somebody does already, or it is no"
                " address of this machine"
            ) from error
        await self._server.start()
        return self

    async def close(self) -> None:
        """Stop listening; subscriptions end, appends in flight are answered."""
        server, self._server = self._server, None
        if server:
            await server.stop(_STOP_GRACE_S)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *unused: object) -> None:
        await self.close()


class _Gossip(gossip_pb2_grpc.GossipServicer):  # type: ignore[misc] # generated, untyped
    """A cluster of one leader, for clients that discover."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def Read(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """The one member."""
        await asyncio.sleep(0)
        member = gossip_pb2.MemberInfo(
            instance_id=shared_pb2.UUID(string="00000000-0000-5000-8000-000000000001"),
            state=gossip_pb2.MemberInfo.Leader,
            is_alive=True,
            http_end_point=gossip_pb2.EndPoint(address=self._door.host, port=self._door.port),
        )
        return gossip_pb2.ClusterInfo(members=[member])


def _features() -> grpc.GenericRpcHandler:
    """ServerFeatures.GetSupportedMethods; the Python client ships no message for it."""
    methods = ("append", "batchappend", "delete", "read", "tombstone")
    answer = b"".join(_field(1, _method(name)) for name in methods) + _field(2, _VERSION.encode())

    async def supported(request: bytes, context: Any) -> bytes:
        await asyncio.sleep(0)
        return answer

    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(supported)
    service = "event_store.client.server_features.ServerFeatures"
    return grpc.method_handlers_generic_handler(service, {"GetSupportedMethods": handler})


def _method(name: str) -> bytes:
    return _field(1, name.encode()) + _field(2, b"event_store.client.streams.streams")


def _field(number: int, value: bytes) -> bytes:
    """A length-delimited protobuf field; values here are shorter than 128 bytes."""
    return bytes((number << 3 | 2, len(value))) + value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
