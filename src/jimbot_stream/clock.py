"""Time as a parameter: whatever is recorded takes its time from a Clock."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Tells the time in nanoseconds since the epoch (UTC)."""

    def now_ns(self) -> int:
        """Nanoseconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return time.time_ns()

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()


@dataclass
class FrozenClock:
    """A clock that stands still until a test moves it."""

    ns: int = 1_700_000_000_000_000_000

    def now_ns(self) -> int:
        """Nanoseconds since the epoch, as set."""
        return self.ns

    def monotonic(self) -> float:
        """Seconds, as set."""
        return self.ns / 1e9

    def advance(self, seconds: float) -> None:
        """Move the clock forward by seconds."""
        self.ns += int(seconds * 1e9)
