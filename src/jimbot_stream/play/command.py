"""The commands of this room, run to their end: exceptions become messages and exit codes."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import uvloop
from rich.console import Console

from jimbot_stream.bus import BusError
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.play import importing
from jimbot_stream.play.children import ChildError
from jimbot_stream.play.desk import DeskError
from jimbot_stream.play.generations import NoCheckpointError
from jimbot_stream.play.ingest import IngestError, ingest
from jimbot_stream.play.up import Options, UpError, up
from jimbot_stream.play.verification import VerificationError

FAILED, INTERRUPTED = 1, 130

EXPECTED = (
    BusError,
    ChildError,
    DeskError,
    EventLogError,
    IngestError,
    NoCheckpointError,
    UpError,
    VerificationError,
)
"""What may go wrong outside of this program: told in a sentence, without a traceback."""


def run_up(options: Options) -> int:
    """``jimbot-stream up``; returns the exit code."""
    console = Console()
    return run_to_end(up(options, console), console)


def run_ingest(path: str, wait_s: float, *, worker: bool = True) -> int:
    """``jimbot-stream ingest``; returns the exit code."""
    console = Console()
    if not worker:
        return run_to_end(importing.run(path, console), console)
    return run_to_end(ingest(path, wait_s, console), console)


def run_to_end(work: Coroutine[Any, Any, int], console: Console) -> int:
    """Run work; what is expected to go wrong is printed, and the exit code says so."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        return uvloop.run(work)
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("interrupted: everything was ended", style="yellow")
        return INTERRUPTED
    except EXPECTED as error:
        console.print(
            f"failed: {error}", style="bold red", markup=False, highlight=False, soft_wrap=True
        )
        return FAILED
