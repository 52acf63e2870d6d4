r"""A replay memory as bytes: which segments of which blocks it keeps, and how far off each was.

    8 bytes   magic "JIMBOTR\x01"
    8 bytes   length of the header, little-endian
    header    canonical JSON: rules, configuration, shape, rounds, slots, blocks by sha256
    the rest  numbers of the segments by slot (8 bytes each), errors by place (float32)

The content lies in the blocks, which never change and are shared by the manifests of all
updates that keep something of them: an update writes its own rounds, and a manifest.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.replay_memory.block import Block, from_bytes
from jimbot_stream.agents.replay_memory.config import MemoryConfig
from jimbot_stream.agents.replay_memory.memory import ReplayMemory, Shape
from jimbot_stream.balatro import RULES_VERSION

MAGIC: Final = b"JIMBOTR\x01"


class ManifestError(ValueError):
    """The bytes are no manifest of this memory; the message says which part is not."""


def to_bytes(memory: ReplayMemory) -> bytes:
    """The manifest of a memory as it is now."""
    segments = memory.segments
    header = _own(memory) | {
        "blocks": list(segments.blocks),
        "highest": memory.highest,
        "rounds": memory.rounds,
        "slots": segments.capacity,
    }
    text = canonical_json(header).encode()
    body = segments.numbers.astype("<i8").tobytes() + segments.errors.astype("<f4").tobytes()
    return MAGIC + len(text).to_bytes(8, "little") + text + body


def blocks_of(manifest: bytes) -> list[str]:
    """Names of the blocks without which a manifest is worth nothing.

    Raises:
        ManifestError: it is damaged.
    """
    header, _ = _unpacked(manifest)
    return _names(header)


def blocks_in(file: BinaryIO) -> list[str]:
    """The same from an open file, of which the numbers, its larger part, are not read.

    Raises:
        ManifestError: it is damaged.
    """
    start = file.read(len(MAGIC) + 8)
    return blocks_of(start + file.read(_length(start) if start.startswith(MAGIC) else 0))


def restore(
    manifest: bytes, config: MemoryConfig, shape: Shape, block: Callable[[str], bytes]
) -> ReplayMemory:
    """The memory as it was; ``block`` gives the bytes of a block by name.

    Raises:
        BlockError: a block is damaged.
        ManifestError: the manifest is, or it belongs to another memory.
    """
    memory = ReplayMemory(config, shape)
    header, body = _unpacked(manifest)
    for name, value in _own(memory).items():
        if header.get(name) != value:
            raise ManifestError(f"the memory's {name} was {header.get(name)!r}, here {value!r}")
    try:
        slots = int(header["slots"])
        memory.rounds, memory.highest = int(header["rounds"]), float(header["highest"])
    except (KeyError, TypeError, ValueError) as error:
        raise ManifestError(f"damaged manifest of a replay memory: {error!r}") from None
    if len(body) != slots * (8 + 4 * shape.steps):
        raise ManifestError(f"the manifest has {len(body)} bytes of numbers: it is not whole")
    numbers = np.frombuffer(body, dtype="<i8", count=slots)
    memory.segments.reserve(slots)
    for name in _names(header):
        _put(memory, name, from_bytes(block(name)), numbers)
    if (memory.segments.numbers != numbers).any():
        raise ManifestError("the manifest tells of segments that are in none of its blocks")
    memory.segments.errors[:] = np.frombuffer(body, dtype="<f4", offset=numbers.nbytes)
    memory.weigh()
    return memory


def _put(memory: ReplayMemory, name: str, block: Block, numbers: NDArray[np.int64]) -> None:
    shape = Shape(block.steps, block.segments, block.features, block.candidate_features)
    if shape != memory.shape:
        raise ManifestError(f"block {name} has the shape {shape}, the memory {memory.shape}")
    slots = np.flatnonzero((numbers >= block.first) & (numbers < block.first + block.segments))
    own = (numbers[slots] - block.first).tolist()
    memory.segments.put(name, block, zip(own, slots.tolist(), strict=True))


def _own(memory: ReplayMemory) -> dict[str, Any]:
    """What must be equal here and there."""
    return {
        "memory": asdict(memory.config),
        "rules_version": RULES_VERSION,
        "shape": asdict(memory.shape),
    }


def _names(header: dict[str, Any]) -> list[str]:
    names = header.get("blocks")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ManifestError("damaged manifest of a replay memory: it lists no blocks")
    return names


def _length(manifest: bytes) -> int:
    """Of the header, in bytes."""
    return int.from_bytes(manifest[len(MAGIC) : len(MAGIC) + 8], "little")


def _unpacked(manifest: bytes) -> tuple[dict[str, Any], bytes]:
    if manifest[: len(MAGIC)] != MAGIC:
        raise ManifestError("not the manifest of a replay memory, or of another format")
    start = len(MAGIC) + 8
    end = start + _length(manifest)
    try:
        header = json.loads(manifest[start:end])
    except ValueError as error:
        raise ManifestError(f"damaged manifest of a replay memory: {error}") from None
    if not isinstance(header, dict):
        raise ManifestError("damaged manifest of a replay memory: its head is no object")
    return header, manifest[end:]
