"""What ``jimbot-learn evaluate`` does."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from jimbot_stream.agents.evaluation import report
from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import (
    BASELINES,
    QUICK,
    NetworkPlayer,
    Player,
    SearchingPlayer,
)
from jimbot_stream.agents.rollouts.lockstep import word_of
from jimbot_stream.agents.rollouts.sampler import MAGIC as GAMES
from jimbot_stream.checkpoints import BlobStore

_HEX = re.compile(r"[0-9a-f]{1,64}")
_SHOWN = 12


def compare(
    blobs: Path,
    checkpoints: Sequence[str],
    players: Sequence[str],
    panel: tuple[int, int],
    drawn: bool,
    as_json: bool,
) -> None:
    """Evaluate and print; panel is its number and how many games.

    Raises:
        BlobError: a checkpoint is not there.
        CheckpointError: a blob is no checkpoint.
        ValueError: letters that belong to no checkpoint, or to several.
    """
    games = Panel(*panel)
    found = dict(_players(blobs, checkpoints, players, games.number if drawn else None))
    console = Console(stderr=True)
    named = track(found.items(), description="playing", console=console, transient=True)
    results = {name: evaluate(player, games) for name, player in named}
    if as_json:
        click.echo(json.dumps(report.summary(results), indent=2))
    else:
        Console().print(report.table(results))


def _players(
    blobs: Path, checkpoints: Sequence[str], players: Sequence[str], panel: int | None
) -> Iterator[tuple[str, Player | SearchingPlayer]]:
    for name in players or ([] if checkpoints else QUICK):
        yield name, BASELINES[name]()
    store = BlobStore(blobs)
    for letters in checkpoints:
        name = _whole(blobs, letters)
        seed = None if panel is None else word_of("evaluation", panel)
        yield name[:_SHOWN], NetworkPlayer(store.get(name), seed)


def _whole(blobs: Path, letters: str) -> str:
    """The only sha256 among the blobs that begins with these letters."""
    if not _HEX.fullmatch(letters):
        raise ValueError(f"checkpoint {letters!r}: give its sha256 in hex, or the first letters")
    found = (path for path in blobs.rglob(f"{letters}*") if path.is_file())
    there = sorted(path.name for path in found if not path.read_bytes().startswith(GAMES))
    if len(there) != 1:
        which = "no checkpoint" if not there else f"{len(there)} checkpoints"
        raise ValueError(f"{which} in {blobs} begins with {letters!r}: give more, or other letters")
    return there[0]
