"""Why an update fails: causes by name, and whether the bytes of a checkpoint can be used here."""

from dataclasses import dataclass
from typing import Final, Protocol

from jimbot_stream.agents.checkpoint import CheckpointError, from_bytes
from jimbot_stream.balatro import RULES_VERSION, wire
from jimbot_stream.checkpoints import BlobError

UNREADABLE: Final = "unreadable-checkpoint"
OTHER_RULES: Final = "other-rules"
OTHER_ARCHITECTURE: Final = "other-architecture"
DIVERGED: Final = "diverged"
RULES_DISAGREE: Final = "rules-disagree"
NO_EPISODES: Final = "no-episodes"


class Blobs(Protocol):
    """Where the bytes are."""

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a checkpoint cannot be used, or an update failed."""

    cause: str
    """Class, as UpdateRejected tells it."""
    reason: str
    """In words, with what to do."""


def fault_of(blobs: Blobs, checkpoint: str) -> Fault | None:
    """What is wrong with a checkpoint; None where it can be used."""
    try:
        data = blobs.get(checkpoint)
        return fault_in(data)
    except BlobError as error:
        advice = (
            "copy the blob from where it was made, compute it again with jimbot-learn restore if it"
            " was pruned, or go on from an earlier checkpoint"
        )
        return Fault(UNREADABLE, f"{error}: {advice}")


def fault_in(data: bytes) -> Fault | None:
    """The same of its bytes."""
    try:
        read = from_bytes(data)
    except CheckpointError as error:
        return Fault(UNREADABLE, f"{error}: go on from an earlier checkpoint")
    if read.rules_version != RULES_VERSION:
        return Fault(
            OTHER_RULES,
            f"rules_version: it was made for the rules {read.rules_version}, these are"
            f" {RULES_VERSION}: use the release that made it, or begin a new run with another seed",
        )
    seen = (read.shape.features, read.shape.candidate_features)
    here = (wire.FEATURES, wire.CANDIDATE_FEATURES)
    if seen != here:
        return Fault(
            OTHER_ARCHITECTURE,
            f"architecture: it looks at {seen[0]} features and {seen[1]} of a candidate, here there"
            f" are {here[0]} and {here[1]}: begin a new run with another seed",
        )
    return None
