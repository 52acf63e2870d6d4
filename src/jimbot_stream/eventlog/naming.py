"""Names of streams and ids of events.

A category is everything before the first dash (the server's rule), so no category
has a dash itself. A decision is addressed as ``<revision>@<stream>``.
"""

from hashlib import sha256
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f0d6f1c-1f5b-5c0e-9a53-6a696d626f74")
_MAX_NAME = 200

GAME = "game-"
RUN = "trainingRun-"
CHECKPOINT = "checkpoint-"
EVALUATION = "evaluation-"
SERVICE = "service-policy"
"""The one stream that says which checkpoint is in service."""
SEALS = "audit-seals"
"""The one stream of seals over all others."""


def game_stream(game_id: str) -> str:
    """Stream of one game, its decisions included.

    Raises:
        ValueError: the id cannot be part of a stream name.
    """
    return _name(GAME, game_id)


def run_stream(run: str) -> str:
    """Stream of one training run.

    Raises:
        ValueError: the name cannot be part of a stream name.
    """
    return _name(RUN, run)


def checkpoint_stream(checkpoint: str) -> str:
    """Stream of one checkpoint, named by its sha256.

    Raises:
        ValueError: not a sha256 in hexadecimal.
    """
    if len(checkpoint) != 64 or not set(checkpoint) <= set("0123456789abcdef"):
        raise ValueError(f"not a sha256 in lower-case hexadecimal: {checkpoint!r}")
    return CHECKPOINT + checkpoint


def evaluation_stream(evaluation: str) -> str:
    """Stream of one evaluation.

    Raises:
        ValueError: the id cannot be part of a stream name.
    """
    return _name(EVALUATION, evaluation)


def identifier(stream: str) -> str:
    """What stands after the first dash: a game's id, a run's name, a checkpoint's sha256."""
    return stream.partition("-")[2]


def event_id(
    stream: str, event_type: str, correlation: str, data: bytes, metadata: bytes = b""
) -> UUID:
    """Id bound to content: stores compare ids alone, so equal ids must mean equal bytes.

    Whoever chains metadata (``StreamJournal``) gives it too: two writers that record the
    same data with different metadata must conflict, not both be told that they won.
    """
    digests = f"{sha256(data).hexdigest()}/{sha256(metadata).hexdigest()}"
    return uuid5(_NAMESPACE, f"{stream}/{event_type}/{correlation}/{digests}")


def _name(prefix: str, rest: str) -> str:
    name = prefix + rest
    if not rest or not rest.isascii() or not rest.isprintable() or " " in rest:
        raise ValueError(f"not a printable ASCII name without spaces: {rest!r}")
    if len(name) > _MAX_NAME:
        raise ValueError(f"longer than {_MAX_NAME - len(prefix)} characters: {rest[:40]!r}…")
    return name
