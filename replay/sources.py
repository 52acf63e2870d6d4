"""What the commands of the audit read: the log and the blobs that a user means."""

from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jimbot_stream.config import Settings, from_environment
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.opening import refuse_other_store
from jimbot_stream.replay.bundling.manifest import BLOBS
from jimbot_stream.replay.bundling.opening import PREFIX
from jimbot_stream.replay.opening import address_of
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.report import NOTHING

LOG = click.option(
    "--log",
    metavar="ADDRESS",
    help="sqlite:PATH, bundle:FOLDER, jsonl:PATH or the URI of a server; default: the embedded"
    " log's file in the data folder, else JIMBOT_LOG.",
)
DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the embedded log and of the blobs; default: JIMBOT_DATA.",
)


class CannotError(click.ClickException):
    """There is nothing to work on; told apart from a divergence by the exit code."""

    exit_code = NOTHING


def source_of(log: str | None, data: Path | None) -> Source:
    """Log and blobs for reading, as options or else the settings name them.

    Raises:
        CannotError: there is no such log, or another store runs here.
    """
    settings = settings_of(data)
    there = settings.log_file.is_file() or settings.log != Settings().log
    if data is not None and log is None and not there:
        # Whoever names a folder does not mean the server that happens to run here.
        raise CannotError(f"no log at {settings.log_file}: give another --data, or --log")
    address = log or address_of(settings)
    if log is None and address == settings.log:
        try:
            refuse_other_store(settings)
        except EventLogError as error:
            raise CannotError(str(error)) from error
    if address.startswith(PREFIX) and data is None:
        return Source(address, Path(address.removeprefix(PREFIX)) / BLOBS)
    return Source(address, settings.blobs)


def settings_of(data: Path | None) -> Settings:
    """The settings, with another data folder where one is given."""
    settings = from_environment()
    return settings if data is None else replace(settings, data=data)


def progress() -> Progress:
    """A bar on stderr that leaves nothing behind."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
