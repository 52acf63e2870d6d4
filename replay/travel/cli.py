"""The commands ``list``, ``at`` and ``diff``."""

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console
from rich.table import Table

from jimbot_stream.agents.checkpoint import CheckpointError
from jimbot_stream.balatro import view
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.contracts.json_codec import to_dict
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.replay.history import CHECKPOINT_PREFIX, GAME_PREFIX, RUN_PREFIX, read_history
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.reading import action_text
from jimbot_stream.replay.showing import AddressError, parse_address
from jimbot_stream.replay.sources import DATA, LOG, CannotError, source_of
from jimbot_stream.replay.travel.catalogue import CATEGORIES, Line, Wanted, catalogue, sentence
from jimbot_stream.replay.travel.comparing import (
    Comparison,
    compare_checkpoints,
    compare_games,
    compare_runs,
)
from jimbot_stream.replay.travel.moment import MomentError, difference, game_at, run_at

T = TypeVar("T")
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
_FAILURES = (AddressError, BlobError, BundleError, CheckpointError, EventLogError, MomentError)


@click.command("list")
@LOG
@DATA
@click.argument("category", type=click.Choice(sorted(CATEGORIES)), required=False)
@click.option("--game", default="", metavar="ID", help="Only this game.")
@click.option("--run", default="", metavar="ID", help="Only this training run.")
@click.option("--checkpoint", default="", metavar="SHA", help="Only what names it: first letters.")
@click.option("--type", "kind", default="", help="Only streams with an event of this type.")
@click.option("--since", type=_TIME, help="Only what began then or later (UTC).")
@click.option("--until", type=_TIME, help="Only what began before (UTC).")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@_JSON
def list_command(
    log: str | None, data: Path | None, limit: int, as_json: bool, **wanted: Any
) -> None:
    """What the log holds: games, runs, evaluations, checkpoints, a line for each.

    With --json, a line of JSON for each, however many there are.
    """
    times = {name: wanted.pop(name) for name in ("since", "until")}
    bounds = {name: time and time.replace(tzinfo=UTC) for name, time in times.items()}
    category, kind = wanted.pop("category") or "", wanted.pop("kind")
    found = Wanted(category=category, type=kind, **bounds, **wanted)
    lines = _do(_listed(source_of(log, data), found))
    if as_json:
        for line in lines:
            click.echo(orjson.dumps(line.to_dict()))
        return
    table = Table("stream", "events", "begun (UTC)", "what")
    for line in lines[:limit]:
        table.add_row(line.stream[:80], f"{line.events:,}", _time(line.begun_ns), sentence(line))
    Console().print(table)
    if len(lines) > limit:
        click.echo(f"… and {len(lines) - limit:,} more: --limit, or ask for fewer")


@click.command()
@LOG
@DATA
@click.argument("address", metavar="REVISION@game-ID|REVISION@trainingRun-ID")
@click.option("--from-start", is_flag=True, help="Execute the rules from the start, and compare.")
@_JSON
def at(log: str | None, data: Path | None, address: str, from_start: bool, as_json: bool) -> None:
    """A game as it stood at an event, or a run: time travel.

    Of a game, the newest state up to the event, and what was decided and done in it by then. With
    --from-start the rules are executed from the seed through every action: exit code 1, and the
    first difference, where that does not lead to the recorded state.
    """
    revision, stream = _address(address)
    told, differs = _do(_stood(source_of(log, data), revision, stream, from_start))
    if as_json:
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    else:
        click.echo(told.pop("text", None) or "\n".join(f"{k}: {v}" for k, v in told.items()))
    if differs:
        click.echo(differs, err=True)
        sys.exit(1)


@click.command()
@LOG
@DATA
@click.argument("one", metavar="ONE")
@click.argument("two", metavar="TWO")
@_JSON
def diff(log: str | None, data: Path | None, one: str, two: str, as_json: bool) -> None:
    """Where two games, two runs or two checkpoints part: the first difference first.

    ONE and TWO are game-ID, trainingRun-ID, or first letters of a checkpoint's sha256. Exit code 0:
    alike. 1: they differ. 2: they cannot be compared.
    """
    found = _do(_compared(source_of(log, data), one, two))
    if as_json:
        click.echo(orjson.dumps(found.to_dict(), option=orjson.OPT_INDENT_2))
    else:
        click.echo(f"{found.alike:,} alike before the first difference")
        for each in [*map(str, found.differences), *found.notes]:
            click.echo(each)
    sys.exit(1 if found.differences else 0)


async def _listed(source: Source, wanted: Wanted) -> list[Line]:
    async with open_reader(source.log) as log:
        return [line async for line in catalogue(log, wanted)]


async def _stood(
    source: Source, revision: int, stream: str, from_start: bool
) -> tuple[dict[str, Any], str]:
    async with open_reader(source.log) as log:
        history = await read_history(log, stream)
    if stream.startswith(RUN_PREFIX):
        return asdict(run_at(history, revision)), ""
    moment = game_at(history, revision)
    found = difference(history, moment) if from_start else None
    differs = "" if found is None else f"{found[0]}: executed {found[1]}, recorded {found[2]}"
    parts = {"decided": moment.decided, "done": moment.applied}
    told = [f"{name}: {action_text(each.action)}" for name, each in parts.items() if each]
    over = ["the game is over"] if moment.ended else []
    seen = f"state {moment.observed_at}@{stream}"
    return {
        "stream": stream,
        "revision": revision,
        "observed_at": moment.observed_at,
        "state": to_dict(moment.state),
        "decided": to_dict(moment.decided) if moment.decided else None,
        "applied": to_dict(moment.applied) if moment.applied else None,
        "executed": "equal" if from_start and found is None else differs or None,
        "text": "\n".join([seen, view.state_text(moment.state), *told, *over]),
    }, differs


async def _compared(source: Source, one: str, two: str) -> Comparison:
    blobs = BlobStore(source.blobs)
    async with open_reader(source.log) as log:
        for prefix in (GAME_PREFIX, RUN_PREFIX):
            if one.startswith(prefix) and two.startswith(prefix):
                left, right = await read_history(log, one), await read_history(log, two)
                if prefix == GAME_PREFIX:
                    return compare_games(left, right)
                return compare_runs(left, right, blobs)
        from jimbot_stream.agents.lookup import among_saved, saved

        known = await saved(log)
        try:
            first, second = (
                among_saved(known, name.removeprefix(CHECKPOINT_PREFIX)) for name in (one, two)
            )
        except ValueError as error:
            raise AddressError(f"give two games, two runs or two checkpoints: {error}") from error
    return compare_checkpoints(first, second, blobs)


def _address(text: str) -> tuple[int, str]:
    try:
        revision, stream = parse_address(text)
    except AddressError as error:
        raise CannotError(str(error)) from error
    if revision is None or not stream.startswith((GAME_PREFIX, RUN_PREFIX)):
        raise CannotError(f"{text!r} is neither REVISION@game-ID nor REVISION@trainingRun-ID")
    return revision, stream


def _time(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _do(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except _FAILURES as error:
        raise CannotError(str(error)) from error
