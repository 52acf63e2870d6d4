"""Checkpoints as the audit uses them: loaded once, and never trusted."""

from typing import Protocol

from jimbot_stream.agents.policy import load_for_reading
from jimbot_stream.decision import Policy


class WeightsError(Exception):
    """A checkpoint cannot be used; the message says why."""


class Blobs(Protocol):
    """The reading half of ``checkpoints.BlobStore``."""

    def get(self, sha256: str) -> bytes:
        """The blob, its digest checked."""
        ...

    def has(self, name: str) -> bool:
        """Whether a blob of that name is there, be it sound or not."""
        ...


class Policies:
    """Policies by checkpoint, each loaded when first needed and once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: dict[str, Policy | WeightsError] = {}

    def get(self, checkpoint: str) -> Policy:
        """The policy of a checkpoint.

        Raises:
            WeightsError: the blob is absent or spoilt, or not a policy.
        """
        if checkpoint not in self._known:
            self._known[checkpoint] = self._load(checkpoint)
        found = self._known[checkpoint]
        if isinstance(found, WeightsError):
            raise found
        return found

    def _load(self, checkpoint: str) -> Policy | WeightsError:
        try:
            return load_for_reading(self._blobs.get(checkpoint))
        except Exception as error:  # noqa: BLE001 - whatever spoilt bytes provoke is the finding
            return WeightsError(f"{type(error).__name__}: {error}")
