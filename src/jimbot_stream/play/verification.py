"""Verifying a run: ``jimbot-replay verify`` in a fresh process, and what it said."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


class VerificationError(Exception):
    """The verification itself could not be carried out."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found."""

    decisions: int
    decisions_identical: int
    updates: int
    updates_identical: int
    conclusion: str
    exit_code: int
    seconds: float
    divergences: Sequence[str] = ()
    """In the log's order; the first ones."""

    @property
    def identical(self) -> bool:
        """Whether everything was found identical, and there was something to find."""
        return (
            self.exit_code == 0
            and self.decisions == self.decisions_identical > 0
            and self.updates == self.updates_identical
        )


def command(report: Path) -> list[str]:
    """The verification as a command; its log is the one of the environment."""
    start = "from jimbot_stream.replay.cli import main; main()"
    return [sys.executable, "-c", start, "verify", "--json", str(report)]


async def verify(environment: Mapping[str, str], folder: Path) -> Verified:
    """Verify the log of the environment; report and output stay in folder.

    Raises:
        VerificationError: the process said nothing that can be read.
    """
    report, output = folder / "verification.json", folder / "verify.log"
    with output.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            *command(report), env=dict(environment), stdout=stream, stderr=stream
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
    if not report.exists():
        raise VerificationError(f"jimbot-replay verify ended with code {code}; see {output}")
    return read_report(report.read_bytes(), code)


def read_report(data: bytes, code: int) -> Verified:
    """A report of ``jimbot-replay verify --json``, and the code that it ended with."""
    report = orjson.loads(data)
    decisions, updates = (report["counts"][kind] for kind in ("decision", "update"))
    return Verified(
        decisions=_total(decisions),
        decisions_identical=decisions["identical"],
        updates=_total(updates),
        updates_identical=updates["identical"],
        conclusion=report["conclusion"],
        exit_code=code or report["exit_code"],
        seconds=report["seconds"],
        divergences=[_sentence(item) for item in report["divergences"][:5]],
    )


def _total(count: Mapping[str, int]) -> int:
    return count["identical"] + count["tolerated"] + count["diverged"]


def _sentence(item: Mapping[str, Any]) -> str:
    return (
        f"{item['kind']} {item['revision']}@{item['stream']}: {item['field']} is {item['got']},"
        f" but should be {item['expected']} (cause: {item['cause']}) {item['why']}"
    )
