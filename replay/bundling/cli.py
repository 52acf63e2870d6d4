"""``jimbot-replay export`` and ``import``: a log, or a part of it, carried elsewhere."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from jimbot_stream.agents.lookup import among_saved, saved
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import EventLogError, LogReader, RecordedEvent
from jimbot_stream.replay.bundling.closure import Wanted
from jimbot_stream.replay.bundling.cloudevents import cloud_event
from jimbot_stream.replay.bundling.durable import Hashed, put_in_place
from jimbot_stream.replay.bundling.importing import import_bundle
from jimbot_stream.replay.bundling.manifest import Manifest
from jimbot_stream.replay.bundling.opening import folder_of
from jimbot_stream.replay.bundling.writing import choose, write_bundle
from jimbot_stream.replay.lines import BundleError, to_line
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.sources import DATA, LOG, CannotError, settings_of, source_of

_LINES: dict[str, Callable[[RecordedEvent], bytes]] = {
    "lines": to_line,
    "cloudevents": cloud_event,
}
"""Views that are one file of lines."""


@click.command("export")
@LOG
@DATA
@click.option("--game", "games", multiple=True, metavar="ID", help="This game; repeatable.")
@click.option("--run", "runs", multiple=True, metavar="ID", help="This run; repeatable.")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="SHA256",
    help="This checkpoint, and the run that made it; first letters are enough; repeatable.",
)
@click.option(
    "--evaluation", "evaluations", multiple=True, metavar="ID", help="This evaluation; repeatable."
)
@click.option("--all", "everything", is_flag=True, help="Everything; so it is where none is named.")
@click.option(
    "--no-origins",
    is_flag=True,
    help="Leave out where weights come from: the runs that trained them, with their games.",
)
@click.option(
    "--view",
    type=click.Choice(["bundle", *_LINES]),
    default="bundle",
    show_default=True,
    help="bundle: a folder to verify from, with blobs. lines: its events.jsonl alone."
    " cloudevents: CloudEvents 1.0, a JSON object a line, for other tools.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder to make; ending in .tar, one file instead; of another view, the file.",
)
def export_command(
    log: str | None,
    data: Path | None,
    games: tuple[str, ...],
    runs: tuple[str, ...],
    checkpoints: tuple[str, ...],
    evaluations: tuple[str, ...],
    everything: bool,
    no_origins: bool,
    view: str,
    out: Path,
) -> None:
    """Write a bundle: the events asked for, and all that it takes to verify them elsewhere.

    With a game come the runs that trained what decided it, with a run its games and evaluations,
    and so on; replay/README.md states the rule. Equal logs give equal bytes.
    """
    wanted = Wanted(games, runs, checkpoints, evaluations, origins=not no_origins)
    if everything and not wanted.is_everything:
        raise click.UsageError("--all leaves nothing out: give no other choice with it")
    if no_origins and (wanted.is_everything or runs or checkpoints):
        raise click.UsageError("--no-origins goes with games and evaluations that are named")
    source = source_of(log, data)
    with told_in_short():
        if view == "bundle":
            manifest = asyncio.run(_bundle(source, wanted, out))
            _tell(manifest, out)
        else:
            count = asyncio.run(_lines(source, wanted, out, _LINES[view]))
            click.echo(f"{count:,} events written to {out}")


@click.command("import")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True))
@DATA
def import_command(bundle: Path, data: Path | None) -> None:
    """Make an embedded log of BUNDLE, a folder or a .tar file, in an empty data folder.

    Streams, revisions, ids, bytes and times stay; positions are counted anew. A log that holds all
    of it already is left as it is, any other one is refused.
    """
    settings = settings_of(data)
    with told_in_short(), folder_of(bundle) as folder:
        blobs = BlobStore(settings.blobs)
        done = asyncio.run(import_bundle(folder, settings.log_file, blobs))
    click.echo(f"{done.events:,} events and {done.blobs:,} blobs written to {settings.data}")
    if done.seals:
        click.echo(f"{done.seals:,} seals stay in the bundle: they speak of the whole log")


@contextmanager
def told_in_short() -> Iterator[None]:
    """Turn what a person can do something about into a message instead of a traceback.

    Raises:
        CannotError: with the message.
    """
    try:
        yield
    except (EventLogError, BundleError) as error:
        raise CannotError(str(error)) from error


async def _bundle(source: Source, wanted: Wanted, out: Path) -> Manifest:
    async with open_reader(source.log) as log:
        exact = await _in_full(wanted, log)
        return await write_bundle(log, BlobStore(source.blobs), exact, out)


async def _in_full(wanted: Wanted, log: LogReader) -> Wanted:
    """With the names of checkpoints in full.

    Raises:
        BundleError: letters that mean none, or several.
    """
    if not wanted.checkpoints:
        return wanted
    known = await saved(log)
    try:
        full = [among_saved(known, letters) for letters in wanted.checkpoints]
    except ValueError as error:
        raise BundleError(str(error)) from error
    return replace(wanted, checkpoints=full)


async def _lines(
    source: Source, wanted: Wanted, out: Path, line: Callable[[RecordedEvent], bytes]
) -> int:
    """Write events one a line; how many."""
    count = 0
    async with open_reader(source.log) as log:
        exact = await _in_full(wanted, log)
        chosen = await choose(log, exact)
        with put_in_place(out) as made, Hashed(made.parent, made.name) as file:
            async for event in chosen.events(log):
                file.write(line(event) + b"\n")
                count += 1
    return count


def _tell(manifest: Manifest, out: Path) -> None:
    click.echo(
        f"{manifest.events:,} events of {manifest.streams:,} streams and"
        f" {len(manifest.files) - 3:,} blobs written to {out}"
    )
    if manifest.missing:
        click.echo(f"{len(manifest.missing):,} blobs that events name are lost", err=True)
    click.echo(f"manifest sha256 {manifest.sha256}: keep it elsewhere")
