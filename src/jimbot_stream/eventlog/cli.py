"""jimbot-store: serve an embedded event log, read one, verify one."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from jimbot_stream.config import from_environment
from jimbot_stream.eventlog import EventLog, EventLogError, RecordedEvent
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.opening import OpenableLog, host_port, open_log
from jimbot_stream.eventlog.verify import Report, last_position, verify_file, verify_log
from jimbot_stream.serving import Address, Stop

_SHOWN_PROBLEMS = 50

Found = TypeVar("Found")

_db_option = click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of an embedded log; may be in use.",
)
_uri_option = click.option("--uri", help="Address of a log. Default: JIMBOT_LOG.")


@click.group()
def main() -> None:
    """Serve, read and verify event logs."""


@main.command()
@_db_option
@click.option("--listen", type=Address(), help="Host and port. Default: those of JIMBOT_LOG.")
@click.option("--parent", type=int, help="End when the process of this id has gone.")
def serve(db: Path | None, listen: tuple[str, int] | None, parent: int | None) -> None:
    """Serve an embedded log to KurrentDB clients on this machine.

    A development server: it speaks a subset of the KurrentDB protocol (append, read,
    subscribe, delete), on loopback, without users, TLS, replication, persistent
    subscriptions or projections.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = from_environment()
    host, port = listen or host_port(settings.log)
    _run(_serve(db or settings.log_file, host, port, parent))


@main.command()
@click.argument("stream", required=False)
@click.option("--all", "everything", is_flag=True, help="Read all streams, in total order.")
@click.option("--prefix", multiple=True, help="With --all: only streams that begin so.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option("--follow", is_flag=True, help="Go on with new events until interrupted.")
@_db_option
@_uri_option
def read(
    stream: str | None,
    everything: bool,
    prefix: tuple[str, ...],
    as_json: bool,
    follow: bool,
    db: Path | None,
    uri: str | None,
) -> None:
    """Print the events of STREAM, or of all streams."""
    if bool(stream) == everything:
        raise click.UsageError("give either STREAM or --all")
    if prefix and not everything:
        raise click.UsageError("--prefix goes with --all")
    _run(_read(_guarded(lambda: _log(db, uri)), stream, prefix, as_json, follow))


@main.command()
@_db_option
@_uri_option
def verify(db: Path | None, uri: str | None) -> None:
    """Check every event; exit code 1 if any byte is not as it was written.

    Chains of all streams, revisions and positions; of a file also the chain over its
    rows and SQLite's own structure. A cut tail cannot be seen from inside: compare the
    printed end with one that was kept elsewhere.
    """
    if db is not None:
        report = _guarded(lambda: _verify_file(db))
    else:
        report = _guarded(lambda: asyncio.run(_verify_log(_log(None, uri))))
    _print_report(report)
    sys.exit(1 if report.problems else 0)


def _log(db: Path | None, uri: str | None) -> OpenableLog:
    if db is not None:
        return EmbeddedLog(db, read_only=True)
    settings = from_environment()
    return open_log(replace(settings, log=uri) if uri else settings)


async def _serve(db: Path, host: str, port: int, parent: int | None) -> None:
    from jimbot_stream.eventlog.server import Door

    stop = Stop(parent)
    async with EmbeddedLog(db) as log, Door(log, host, port) as door:
        click.echo(f"development event log {db} at {door.uri}")
        await stop.wait()


async def _read(
    log: OpenableLog, stream: str | None, prefixes: tuple[str, ...], as_json: bool, follow: bool
) -> None:
    async with log:
        async for event in _events(log, stream, prefixes, follow):
            click.echo(_json_line(event) if as_json else _line(event))


def _events(
    log: EventLog, stream: str | None, prefixes: tuple[str, ...], follow: bool
) -> AsyncIterator[RecordedEvent]:
    if stream is None:
        if follow:
            return log.subscribe_all(prefixes=prefixes)
        return log.read_all(prefixes=prefixes)
    return log.subscribe_stream(stream) if follow else log.read_stream(stream)


def _line(event: RecordedEvent) -> str:
    data = event.data.decode(errors="replace")
    return f"{event.position} {event.revision}@{event.stream} {event.type} {data}"


def _json_line(event: RecordedEvent) -> str:
    line = {
        "position": event.position,
        "stream": event.stream,
        "revision": event.revision,
        "id": str(event.id),
        "type": event.type,
        "data": _fragment(event.data),
        "metadata": _fragment(event.metadata),
    }
    return orjson.dumps(line).decode()


def _fragment(value: bytes) -> object:
    """JSON as it stands; other bytes in hexadecimal."""
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError:
        return {"hex": value.hex()}
    return orjson.Fragment(value)


def _progress() -> Progress:
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TextColumn("events"))
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _verify_file(path: Path) -> Report:
    report = Report()
    total = last_position(path)
    with _progress() as progress:
        task = progress.add_task("verify", total=total)
        for report in verify_file(path):
            progress.update(task, completed=report.events)
    return report


async def _verify_log(log: OpenableLog) -> Report:
    report = Report()
    async with log:
        with _progress() as progress:
            task = progress.add_task("verify", total=None)
            async for report in verify_log(log):
                progress.update(task, completed=report.events)
    return report


def _print_report(report: Report) -> None:
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        at = "" if problem.position is None else f" (position {problem.position})"
        click.echo(f"{problem.where}{at}: {problem.what}")
    if len(report.problems) > _SHOWN_PROBLEMS:
        click.echo(f"… and {len(report.problems) - _SHOWN_PROBLEMS} more")
    click.echo(
        f"{report.events} events in {len(report.streams)} streams,"
        f" {report.unchained} outside their stream's chain, {len(report.problems)} problems"
    )
    click.echo(f"end: position {report.head} {report.head_hash}".rstrip())


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        _guarded(lambda: uvloop.run(work))
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)


def _guarded(work: Callable[[], Found]) -> Found:
    try:
        return work()
    except EventLogError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
