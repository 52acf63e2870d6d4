"""Blobs on their way into a bundle: those that events name, and the blocks that manifests name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jimbot_stream.agents.replay_memory import manifest as memories
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundling.durable import Hashed
from jimbot_stream.replay.bundling.manifest import BLOBS, File
from jimbot_stream.replay.bundling.references import blobs_named, digests_in, pruned_blobs
from jimbot_stream.replay.lines import BundleError


@dataclass(slots=True)
class Needed:
    """Blobs that events name, gathered while they pass by."""

    names: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    """Taken along where there are blobs of that name."""
    pruned: set[str] = field(default_factory=set)

    def take(self, event: RecordedEvent) -> None:
        """What an event names."""
        self.names.update(blobs_named(event))
        self.perhaps.update(digests_in(event))
        self.pruned.update(pruned_blobs(event))


@dataclass(slots=True)
class Copied:
    """What became of them."""

    files: list[File] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def copy_blobs(needed: Needed, store: BlobStore, root: Path) -> Copied:
    """Copy all that there are, in order of name.

    Raises:
        BundleError: one is damaged.
    """
    names = needed.names | needed.pruned | {each for each in needed.perhaps if store.has(each)}
    found = Copied()
    done: set[str] = set()
    while names - done:
        blocks: set[str] = set()
        for name in sorted(names - done):
            if store.has(name):
                found.files.append(_copied(name, store, root))
                blocks.update(_blocks(store.path(name)))
            elif name in needed.pruned:
                found.pruned.append(name)
            else:
                found.missing.append(name)
        done |= names
        names = blocks
    found.pruned.sort()
    found.missing.sort()
    return found


def _copied(name: str, store: BlobStore, root: Path) -> File:
    target = BlobStore(BLOBS).path(name).as_posix()
    with store.path(name).open("rb") as source, Hashed(root, target) as file:
        file.copy(source)
    if file.told.sha256 != name:
        raise BundleError(
            f"blob {store.path(name)} is damaged: its sha256 is {file.told.sha256}; jimbot-replay"
            " verify says what it spoils, jimbot-learn restore may compute it again"
        )
    return file.told


def _blocks(path: Path) -> Iterator[str]:
    """Blocks that a blob names, if it is the manifest of a replay memory."""
    with path.open("rb") as file:
        if file.read(len(memories.MAGIC)) == memories.MAGIC:
            file.seek(0)
            yield from memories.blocks_in(file)
