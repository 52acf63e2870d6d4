"""Idempotent producers: which batches of a producer a partition already holds.

The last five batches of every producer are kept per partition and stored in the same
transaction as the batches themselves, so a repeated send is recognised after a restart
and after kill -9 too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode
from jimbot_stream.bus.broker.records import BatchHeader

_REMEMBERED: Final = 5
"""As many as a producer may have in flight."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A batch that is in the log."""

    first: int
    """Sequence of its first record."""
    last: int
    """Sequence of its last record."""
    base: int
    """Offset of its first record."""


@dataclass(frozen=True, slots=True)
class ProducerState:
    """What a partition knows of one producer."""

    epoch: int
    batches: tuple[Stored, ...]
    seen_ms: int

    def to_json(self) -> str:
        """The batches as text for the store."""
        return json.dumps([[s.first, s.last, s.base] for s in self.batches])


def from_json(epoch: int, batches: str, seen_ms: int) -> ProducerState:
    """A state as the store holds it."""
    rows: Sequence[Sequence[int]] = json.loads(batches)
    return ProducerState(epoch, tuple(Stored(*row) for row in rows), seen_ms)


def duplicate_of(state: ProducerState | None, batch: BatchHeader) -> int | None:
    """Base offset of the same batch if it is stored already; None if it is the next one.

    Raises:
        BrokerError: the batch is neither; appending it would lose or reorder records.
    """
    if state is None:
        return None
    if batch.producer_epoch < state.epoch:
        raise BrokerError(ErrorCode.INVALID_PRODUCER_EPOCH, "a newer producer took over")
    if batch.producer_epoch > state.epoch:
        expected = 0
    else:
        for stored in state.batches:
            if (stored.first, stored.last) == (batch.base_sequence, batch.last_sequence):
                return stored.base
        expected = (state.batches[-1].last + 1) & 0x7FFFFFFF
    if batch.base_sequence != expected:
        raise BrokerError(
            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
            f"sequence {batch.base_sequence} where {expected} comes next",
        )
    return None


def after(state: ProducerState | None, batch: BatchHeader, base: int, now_ms: int) -> ProducerState:
    """The state once the batch stands at an offset."""
    stored = Stored(batch.base_sequence, batch.last_sequence, base)
    if state is None or state.epoch != batch.producer_epoch:
        return ProducerState(batch.producer_epoch, (stored,), now_ms)
    return ProducerState(state.epoch, (*state.batches, stored)[-_REMEMBERED:], now_ms)
