"""Which file a store serves: asked of the store itself, before anything is written into it."""

import asyncio
from pathlib import Path
from typing import Any, Final

import grpc

_SERVICE: Final = "jimbot_stream.eventlog.Store"
_METHOD: Final = "Whereabouts"
_DEADLINE_S: Final = 5.0


def whereabouts(path: Path) -> grpc.GenericRpcHandler:
    """The door's answer: the absolute path of the log's file, as UTF-8."""
    answer = str(path.resolve()).encode()

    async def told(request: bytes, context: Any) -> bytes:
        await asyncio.sleep(0)
        return answer

    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(told)
    return grpc.method_handlers_generic_handler(_SERVICE, {_METHOD: handler})


def served_by(host: str, port: int) -> Path | None:
    """The file that the store at an address serves; None where no store of ours says so."""
    with grpc.insecure_channel(f"{host}:{port}") as channel:
        ask: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/{_SERVICE}/{_METHOD}"
        )
        try:
            return Path(ask(b"", timeout=_DEADLINE_S).decode())
        except (grpc.RpcError, UnicodeDecodeError):
            return None
