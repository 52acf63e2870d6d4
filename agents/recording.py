"""Configurations as records tell them: a field that came later is silent at its default.

So the text of earlier records stays what it was, and is still read.
"""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ADDED: Final = {"added": True}
"""Metadata of a field that earlier records lack."""

C = TypeVar("C", bound="DataclassInstance")


def as_record(config: "DataclassInstance") -> dict[str, Any]:
    """Fields and values; an added field only where it differs from its default."""
    silent = {
        item.name
        for item in fields(config)
        if item.metadata.get("added") and getattr(config, item.name) == item.default
    }
    return {name: value for name, value in asdict(config).items() if name not in silent}


def from_record(kind: type[C], value: object, name: str) -> C:
    """Read what ``as_record`` wrote, be it before a field was added.

    Raises:
        ValueError: a field is missing or unknown, or a value is refused.
    """
    if not isinstance(value, dict):
        raise ValueError(f"the recorded {name} configuration is no object")  # noqa: TRY004 - malformed
    known = {item.name for item in fields(kind)}
    needed = {item.name for item in fields(kind) if not item.metadata.get("added")}
    missing, unknown = sorted(needed - set(value)), sorted(set(value) - known)
    if missing or unknown:
        raise ValueError(
            f"the recorded {name} configuration has other fields than this version's:"
            f" missing {missing}, unknown {unknown}"
        )
    return kind(**value)
