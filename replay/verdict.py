"""What a check can come out as: a match, a tolerated difference, or a divergence."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "event",  # every event: is it genuine and understood?
    "game",  # one that our rules played: its start, its numbers, its end
    "foreign game",  # one that other rules played: the same, but its states cannot be repeated
    "state",
    "action",
    "decision",
    "run",  # a training run: its start, the succession of its checkpoints, its end
    "update",
    "failed update",  # one that made no checkpoint: it fails again
    "checkpoint",
    "pruned checkpoint",  # let go of, and made again by its update
    "evaluation",  # a panel of games, played again
    "gate decision",  # what a run's gate made of a new checkpoint
    "exchange",  # what a member of a population took over from another, or that it did not
    "service change",  # what was put into service, taken out of it, or refused
    "seal",  # a root over everything before it, and the anchor
    "sealed event",  # an event that stands under one
    "blob",  # a file that the record names by its sha256
    "log",  # what no stream shows by itself
    "file",  # the embedded log's file as a whole
    "bundle file",  # a file of a bundle, against its manifest
]
"""What was checked. A log has as many verdicts of a kind as it holds of these things."""

Cause = Literal[
    "tampering",  # the stored bytes are not those that were appended
    "missing",  # something that the record refers to is not there
    "schema",  # the event cannot be understood
    "rules",  # the game does not go this way
    "observation",  # another observation follows from the state
    "mask",  # other actions are legal
    "weights",  # the checkpoint is absent, spoilt, or another one
    "policy",  # the named weights do not say this
    "seed",  # the policy agrees, the draw does not
    "environment",  # another class of machine, and too far apart to be only that
]
"""Class of the first cause, in the order in which causes are looked for."""


@dataclass(frozen=True, slots=True)
class Match:
    """Run again, and identical."""

    kind: Kind
    stream: str
    revision: int


@dataclass(frozen=True, slots=True)
class Tolerated:
    """Run again on another class of machine, and equal within the stated tolerance."""

    kind: Kind
    stream: str
    revision: int
    recorded_on: str
    repeated_on: str
    distance: float
    """Largest absolute difference seen."""
    tolerance: float


@dataclass(frozen=True, slots=True)
class Divergence:
    """Run again, and different: the first difference of this entry."""

    kind: Kind
    stream: str
    revision: int
    field: str
    expected: str
    """What the repetition makes of it."""
    got: str
    """What the record says."""
    cause: Cause
    why: str = ""
    """One sentence for a person."""
    position: int = -1
    """Place of the event in the total order, by which the first divergence is the first."""

    @property
    def address(self) -> str:
        """The event as ``<revision>@<stream>``."""
        return f"{self.revision}@{self.stream}"

    def __str__(self) -> str:
        """In prose, as the report prints it."""
        text = (
            f"{self.kind} {self.address}: {self.field} is {self.got},"
            f" but should be {self.expected} (cause: {self.cause})"
        )
        return f"{text}. {self.why}" if self.why else text


Verdict = Match | Tolerated | Divergence
