r"""A checkpoint as bytes: the same content always gives the same sha256.

    8 bytes   magic "JIMBOT\x00\x01"
    8 bytes   length of the header, little-endian
    header    canonical JSON: format, architecture, rules, seeds, counters
    the rest  safetensors: "module.<layer>", "adam.<layer>.first", "adam.<layer>.second",
              and "extra.<name>" for what one algorithm keeps besides

safetensors orders tensors itself and bears no other metadata here, so nothing in the
bytes depends on the order or the time of writing. Random state is none: every random
number of a run derives from (run seed, update), and both stand in the header.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from jimbot_stream.agents.network import Architecture, initial_weights, layers
from jimbot_stream.balatro import RULES_VERSION, wire

MAGIC = b"JIMBOT\x00\x01"
Tensors = dict[str, NDArray[np.float32]]


class CheckpointError(ValueError):
    """The bytes are not a checkpoint that this code can use."""


@dataclass(frozen=True, slots=True)
class QHead:
    """What a header tells where the network's outputs are estimates of Q, not logits."""

    temperature: float
    """Logits are Q divided by it: how decided a policy is that draws its actions."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything needed to decide, and to go on learning as if never stopped."""

    shape: Architecture
    rules_version: str
    run_seed: int
    update: int
    """Updates behind these weights; 0 for untrained ones."""
    optimizer_steps: int
    """Adam's step counter."""
    module: Tensors
    adam_first: Tensors
    """Adam's running mean of the gradients, named as the module's tensors."""
    adam_second: Tensors
    """Adam's running mean of their squares."""
    extra: Tensors = field(default_factory=dict)
    """What one algorithm keeps besides: critics, their targets, running means. Without any, the
    bytes are those of a checkpoint that knows of none."""
    q: QHead | None = None
    """Where the network estimates Q; None, and not in the header, where it gives logits."""

    @property
    def temperature(self) -> float:
        """Outputs of the network divided by it are logits."""
        return self.q.temperature if self.q is not None else 1.0

    def refuse_q(self) -> None:
        """Make sure that the network gives logits.

        Raises:
            CheckpointError: it estimates Q.
        """
        if self.q is not None:
            raise CheckpointError(
                "the checkpoint estimates Q (DQN), this learner goes on with a policy's logits:"
                " give it a checkpoint of its own algorithm, or an untrained one"
            )

    def to_bytes(self) -> bytes:
        """The deterministic container."""
        header: dict[str, Any] = {
            "architecture": asdict(self.shape),
            "optimizer_steps": self.optimizer_steps,
            "rules_version": self.rules_version,
            "run_seed": self.run_seed,
            "update": self.update,
        }
        if self.q is not None:
            header["q"] = asdict(self.q)
        text = canonical_json(header).encode()
        return MAGIC + len(text).to_bytes(8, "little") + text + _pack(self)


def extra_tensors(checkpoint: Checkpoint, shapes: Mapping[str, tuple[int, ...]]) -> Tensors | None:
    """What an algorithm kept in the checkpoint; None where it has not kept anything yet.

    Raises:
        CheckpointError: there are other tensors than the algorithm's.
    """
    if not checkpoint.extra:
        return None
    found = {name: value.shape for name, value in checkpoint.extra.items()}
    for name in sorted(found.keys() | shapes.keys()):
        if found.get(name) != shapes.get(name):
            raise CheckpointError(
                f"extra tensor {name} is {found.get(name, 'missing')},"
                f" the algorithm has {shapes.get(name, 'none')}: made by another algorithm"
            )
    return checkpoint.extra


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces; NaN is refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(data: bytes) -> str:
    """Name of a checkpoint, in hex."""
    return hashlib.sha256(data).hexdigest()


def from_bytes(data: bytes) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: truncated, changed, of another format, or its tensors do not fit.
    """
    header, tensors = _unpack(data)
    try:
        shape = Architecture(**header["architecture"])
        checkpoint = Checkpoint(
            shape=shape,
            rules_version=str(header["rules_version"]),
            run_seed=int(header["run_seed"]),
            update=int(header["update"]),
            optimizer_steps=int(header["optimizer_steps"]),
            module=_section(tensors, "module.", ""),
            adam_first=_section(tensors, "adam.", ".first"),
            adam_second=_section(tensors, "adam.", ".second"),
            extra=_section(tensors, "extra.", ""),
            q=QHead(float(header["q"]["temperature"])) if "q" in header else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"unusable checkpoint header: {error!r}") from None
    _refuse_misfits(checkpoint, tensors)
    if checkpoint.to_bytes() != data:
        raise CheckpointError("not the canonical bytes of this checkpoint")
    return checkpoint


def untrained(seed: int) -> bytes:
    """The checkpoint with which the run of this seed begins."""
    shape = Architecture(wire.FEATURES, wire.CANDIDATE_FEATURES, wire.CAPACITY)
    key = hashlib.sha256(f"jimbot weights|{seed}".encode()).digest()[:16]
    bits = np.random.Philox(key=int.from_bytes(key, "little"))
    module = initial_weights(shape, np.random.Generator(bits))
    return Checkpoint(
        shape=shape,
        rules_version=RULES_VERSION,
        run_seed=seed,
        update=0,
        optimizer_steps=0,
        module=module,
        adam_first={name: np.zeros_like(value) for name, value in module.items()},
        adam_second={name: np.zeros_like(value) for name, value in module.items()},
    ).to_bytes()


def taken_over(seed: int, data: bytes) -> bytes:
    """The checkpoint with which the run of a seed begins that takes over another one's weights.

    What the optimizer had learned, and the count of updates, begin anew. Estimates of Q keep what
    belongs to them.

    Raises:
        CheckpointError: the bytes are not a checkpoint.
    """
    read = from_bytes(data)
    return replace(
        read,
        run_seed=seed,
        update=0,
        optimizer_steps=0,
        adam_first={name: np.zeros_like(value) for name, value in read.module.items()},
        adam_second={name: np.zeros_like(value) for name, value in read.module.items()},
        extra=read.extra if read.q is not None else {},
    ).to_bytes()


def _pack(checkpoint: Checkpoint) -> bytes:
    tensors: Tensors = {}
    for prefix, suffix, part in (
        ("module.", "", checkpoint.module),
        ("adam.", ".first", checkpoint.adam_first),
        ("adam.", ".second", checkpoint.adam_second),
        ("extra.", "", checkpoint.extra),
    ):
        tensors |= {
            f"{prefix}{name}{suffix}": np.ascontiguousarray(value, dtype="<f4")
            for name, value in sorted(part.items())
        }
    return safetensors.numpy.save(tensors)


def _unpack(data: bytes) -> tuple[dict[str, Any], Tensors]:
    if data[: len(MAGIC)] != MAGIC:
        raise CheckpointError("not a checkpoint, or of another format")
    start = len(MAGIC) + 8
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        return json.loads(data[start:end]), safetensors.numpy.load(data[end:])
    except (ValueError, safetensors.SafetensorError) as error:
        raise CheckpointError(f"damaged checkpoint: {error}") from None


def _section(tensors: Tensors, prefix: str, suffix: str) -> Tensors:
    return {
        name.removeprefix(prefix).removesuffix(suffix): value
        for name, value in sorted(tensors.items())
        if name.startswith(prefix) and name.endswith(suffix)
    }


def _refuse_misfits(checkpoint: Checkpoint, tensors: Tensors) -> None:
    if min(asdict(checkpoint.shape).values()) < 1:
        raise CheckpointError(f"not an architecture: {checkpoint.shape}")
    wanted: dict[str, tuple[int, ...]] = {}
    for layer, (inputs, outputs) in layers(checkpoint.shape).items():
        wanted |= {f"{layer}.weight": (outputs, inputs), f"{layer}.bias": (outputs,)}
    for part in (checkpoint.module, checkpoint.adam_first, checkpoint.adam_second):
        if {name: value.shape for name, value in part.items()} != wanted:
            raise CheckpointError("the tensors do not fit the architecture in the header")
    if checkpoint.q is not None and not 0 < checkpoint.q.temperature < math.inf:
        raise CheckpointError("q.temperature must be a positive number")
    for name, value in tensors.items():
        if value.dtype != np.float32 or not np.isfinite(value).all():
            raise CheckpointError(f"{name} must be finite float32")
