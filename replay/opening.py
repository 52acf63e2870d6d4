"""Opening what is to be audited: a file, even while its server runs, or a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from jimbot_stream.config import Settings
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.opening import open_log
from jimbot_stream.replay.bundling.bundle_log import BundleLog
from jimbot_stream.replay.bundling.lines_log import LinesLog
from jimbot_stream.replay.bundling.opening import PREFIX

SQLITE, LINES, READ_ONLY = "sqlite:", "jsonl:", "?mode=ro"


@asynccontextmanager
async def open_reader(address: str) -> AsyncIterator[LogReader]:
    """The log at an address: ``sqlite:PATH``, ``bundle:FOLDER``, ``jsonl:PATH``, or a server's URI.

    A file is opened for reading only, so its server may go on writing it.

    Raises:
        EventLogError: there is none, or it does not answer.
        BundleError: the file of lines holds something else.
    """
    if address.startswith((LINES, PREFIX)):
        lines = _lines(address)
        try:
            yield lines
        finally:
            lines.close()
        return
    if address.startswith(SQLITE):
        address = address.removesuffix(READ_ONLY) + READ_ONLY
    async with open_log(replace(Settings(), log=address)) as log:
        yield log


def _lines(address: str) -> LinesLog:
    if address.startswith(PREFIX):
        return BundleLog(Path(address.removeprefix(PREFIX)))
    return LinesLog(Path(address.removeprefix(LINES)))


def address_of(settings: Settings) -> str:
    """Where the log of these settings is: its file if there is one here, else its server."""
    return f"{SQLITE}{settings.log_file}" if settings.log_file.is_file() else settings.log


def file_of(address: str) -> Path | None:
    """The file of an embedded log; None for every other address."""
    if not address.startswith(SQLITE):
        return None
    return Path(address.removeprefix(SQLITE).removesuffix(READ_ONLY))
