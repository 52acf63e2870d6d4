"""From the first letters of a sha256 to the checkpoint that is meant."""

import re
from collections.abc import Iterable
from pathlib import Path

from jimbot_stream.agents.checkpoint import MAGIC
from jimbot_stream.agents.lineage import LINEAGE, Lineage
from jimbot_stream.contracts import CheckpointSaved
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import LogReader
from jimbot_stream.eventlog.naming import RUN

_HEX = re.compile(r"[0-9a-f]{1,64}")
_WHOLE = 64


def among_blobs(folder: Path, letters: str) -> str:
    """The only checkpoint among the blobs of a folder that begins with these letters.

    What is named in full is taken as it is: its bytes say what is wrong with them.

    Raises:
        ValueError: letters that belong to no checkpoint, or to several.
    """
    _refuse_other_letters(letters)
    named = (path for path in folder.rglob(f"{letters}*") if path.is_file())
    there = [path.name for path in named if len(letters) == _WHOLE or _is_checkpoint(path)]
    where = f"in {folder} (jimbot-learn restore computes a pruned one again)"
    return _only(there, letters, where)


async def saved(log: LogReader) -> dict[str, CheckpointSaved]:
    """Every checkpoint that the log says was saved, by sha256; of a run's, what the run says."""
    found: dict[str, CheckpointSaved] = {}
    async for event in log.read_all(types=[CheckpointSaved.__name__]):
        message = read_event(CheckpointSaved, event)
        found.setdefault(message.checkpoint, message)
    return found


async def newest_of(log: LogReader, run: str) -> str:
    """The checkpoint that a run goes on with; empty where the log has no run of that name."""
    lineage = Lineage()
    async for event in log.read_all(prefixes=[RUN]):
        if event.stream == RUN + run and event.type in LINEAGE:
            lineage.take(read_event(LINEAGE[event.type], event))
    return lineage.newest


async def named(log: LogReader, folder: Path, name: str) -> str:
    """The checkpoint that letters of its sha256, or the name of a run, mean.

    Raises:
        ValueError: they mean none, or several.
    """
    if is_hex(name):
        return among_blobs(folder, name)
    return await newest_of(log, name) or among_saved((), name)


def among_saved(known: Iterable[str], letters: str) -> str:
    """The only checkpoint that the log knows and that begins with these letters.

    Raises:
        ValueError: letters that belong to no checkpoint, or to several.
    """
    _refuse_other_letters(letters, ", or the name of a run in the log")
    there = [name for name in known if name.startswith(letters)]
    return _only(there, letters, "in the log (jimbot-learn list and show tell them)")


def is_hex(letters: str) -> bool:
    """Whether they can begin a sha256."""
    return _HEX.fullmatch(letters) is not None


def _is_checkpoint(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _refuse_other_letters(letters: str, also: str = "") -> None:
    if not is_hex(letters):
        wanted = f"give its sha256 in hex, or the first letters{also}"
        raise ValueError(f"checkpoint {letters!r}: {wanted}")


def _only(there: list[str], letters: str, where: str) -> str:
    if len(there) == 1:
        return there[0]
    which = "no checkpoint" if not there else f"{len(there)} checkpoints"
    raise ValueError(f"{which} {where} begins with {letters!r}: give more, or other letters")
