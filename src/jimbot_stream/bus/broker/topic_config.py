"""Topic settings: which there are, what they may hold, and what they mean here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.bus.broker.errors import BrokerError, ErrorCode

_BOOLEAN, _STRING, _INT, _LONG, _DOUBLE, _LIST = 1, 2, 3, 5, 6, 7
"""Kafka's numbers for the types of settings."""
_DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """One topic setting."""

    default: str
    kind: int
    valid: Callable[[str], bool]
    text: str


def _whole(lowest: int) -> Callable[[str], bool]:
    return lambda text: bool(re.fullmatch(r"-?\d{1,19}", text)) and int(text) >= lowest


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda text: text in values


def _policy(text: str) -> bool:
    return bool(text) and set(_split(text)) <= {"delete", "compact"}


def _ratio(text: str) -> bool:
    return bool(re.fullmatch(r"0(\.\d+)?|1(\.0+)?", text))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


_UNUSED: Final = "Accepted for compatibility; this broker has no segments or replicas."
SETTINGS: Final[Mapping[str, Setting]] = {
    "cleanup.policy": Setting("delete", _LIST, _policy, "delete, compact, or both."),
    "retention.ms": Setting(
        str(7 * _DAY_MS), _LONG, _whole(-1), "Age at which records go; -1: never."
    ),
    "retention.bytes": Setting(
        "-1", _LONG, _whole(-1), "Size of a partition above which the oldest go; -1: no limit."
    ),
    "max.message.bytes": Setting("10485760", _INT, _whole(0), "Largest batch that is taken."),
    "delete.retention.ms": Setting(
        str(_DAY_MS), _LONG, _whole(0), "How long a compacted topic still shows a deletion."
    ),
    "min.cleanable.dirty.ratio": Setting(
        "0.5", _DOUBLE, _ratio, "Share of new bytes at which a partition is compacted."
    ),
    "compression.type": Setting(
        "producer", _STRING, _one_of("producer"), "Batches are kept as they came."
    ),
    "message.timestamp.type": Setting(
        "CreateTime", _STRING, _one_of("CreateTime"), "Whose time a record bears."
    ),
    "segment.bytes": Setting("1073741824", _INT, _whole(14), _UNUSED),
    "segment.ms": Setting(str(7 * _DAY_MS), _LONG, _whole(1), _UNUSED),
    "min.insync.replicas": Setting("1", _INT, _one_of("1"), _UNUSED),
    "min.compaction.lag.ms": Setting("0", _LONG, _one_of("0"), _UNUSED),
    "unclean.leader.election.enable": Setting("false", _BOOLEAN, _one_of("true", "false"), _UNUSED),
}


def checked(given: Sequence[Mapping[str, str | None]]) -> dict[str, str]:
    """Settings of a request by name; null stands for the default.

    Raises:
        BrokerError: a name or value that Kafka, or this broker, does not take.
    """
    made: dict[str, str] = {}
    for item in given:
        name, value = item["name"] or "", item["value"]
        if name not in SETTINGS:
            raise BrokerError(ErrorCode.INVALID_CONFIG, f"no topic setting {name!r}")
        if value is None:
            continue
        if not SETTINGS[name].valid(value):
            raise BrokerError(ErrorCode.INVALID_CONFIG, f"{name} cannot be {value!r}")
        made[name] = value
    return made


@dataclass(frozen=True, slots=True)
class TopicConfig:
    """The settings of one topic: what was given, over the broker's defaults."""

    given: Mapping[str, str]
    defaults: Mapping[str, str]

    def value(self, name: str) -> str:
        """Text of a setting."""
        return self.given.get(name) or self.defaults.get(name) or SETTINGS[name].default

    def number(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self.value(name))

    @property
    def compacted(self) -> bool:
        """Whether only the newest record per key is kept."""
        return "compact" in _split(self.value("cleanup.policy"))

    @property
    def deleted(self) -> bool:
        """Whether old records go by age and size."""
        return "delete" in _split(self.value("cleanup.policy"))

    @property
    def dirty_ratio(self) -> float:
        """Share of new bytes at which compaction starts."""
        return float(self.value("min.cleanable.dirty.ratio"))
