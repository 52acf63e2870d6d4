"""Commands that seal a log, and prove and check what is in it."""

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.config import Settings, from_environment
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.eventlog.opening import ensure_store, open_log, refuse_other_store
from jimbot_stream.replay.bundle import BundleError
from jimbot_stream.replay.opening import file_of, open_reader
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.report import Report
from jimbot_stream.replay.seals.anchor import NAME, read_anchor, write_anchor
from jimbot_stream.replay.seals.inspecting import Trust
from jimbot_stream.replay.seals.integrity import Integrity
from jimbot_stream.replay.seals.keys import KeyFileError, make_key, read_key, read_public
from jimbot_stream.replay.seals.merkle import ProofError
from jimbot_stream.replay.seals.proof import Proof, read_proof
from jimbot_stream.replay.seals.proving import Prover
from jimbot_stream.replay.seals.record import SealError
from jimbot_stream.replay.seals.sealing import Sealed, Sealer
from jimbot_stream.replay.showing import AddressError, parse_address
from jimbot_stream.replay.sources import DATA, LOG, CannotError, progress, source_of

_FAILURES = (
    AddressError, BlobError, BundleError, EventLogError, KeyFileError, OSError, ProofError,
    SealError,
)  # fmt: skip
_FILE = click.Path(path_type=Path, dir_okay=False)
T = TypeVar("T")

_ANCHOR = click.option(
    "--anchor",
    type=_FILE,
    help=f"File that keeps the newest seal; default: {NAME} in the data folder. It protects as well"
    " as it is kept: name one on another machine, or commit it somewhere.",
)
_PUBLIC = click.option(
    "--public-key", metavar="NAME+ID+BASE64|FILE", help="Whose signature seals must bear."
)


@click.command()
@LOG
@DATA
@click.option("--key", type=_FILE, help="Sign with this key; jimbot-replay keygen makes one.")
@_ANCHOR
def seal(log: str | None, data: Path | None, key: Path | None, anchor: Path | None) -> None:
    """Put every event so far under one root, append it to the log, and keep it outside.

    The root is that of a Merkle tree (RFC 6962) over all events but the seals. What was sealed
    cannot be changed, inserted, moved or taken away unnoticed by whoever keeps the anchor or knows
    the public key: `fsck` compares, and `prove` makes proofs of single events. Sealing goes on from
    the seal before, and where nothing is new it does nothing.
    """
    settings = _settings(log, data)
    done = _do(_sealed(settings, key))
    file = anchor or settings.data / NAME
    try:
        write_anchor(file, done.seal.note)
    except (OSError, ProofError) as error:
        raise CannotError(str(error)) from error
    told = done.seal.told
    click.echo(f"{told.size:,} events under {told.root}, {done.added:,} of them new")
    click.echo(f"{done.seal.address}, {_signatures(done)}; kept in {file}")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--name", default="jimbot-stream", show_default=True, help="Whose key it is.")
def keygen(file: Path, name: str) -> None:
    """Make an Ed25519 key in FILE, and print the public key that checks what it signs."""
    try:
        click.echo(str(make_key(file, name)))
    except (KeyFileError, OSError) as error:
        raise CannotError(str(error)) from error


@click.command()
@LOG
@DATA
@click.argument("address", metavar="REVISION@STREAM|REVISION..REVISION")
@click.option("--out", type=_FILE, required=True, help="Write the proof here.")
def prove(log: str | None, data: Path | None, address: str, out: Path) -> None:
    """Prove that an event is sealed, or that one seal goes on from another.

    REVISION@STREAM names the event, say a decision: the file holds its bytes and the path from
    them to the root of the newest seal. Two revisions, as 0..3, name seals: the file then proves
    that the later has all that the earlier has, unchanged and in the same order. check-proof needs
    nothing but the file and the public key, or an anchor.
    """
    proof = _do(_proved(source_of(log, data), address))
    out.write_bytes(proof.to_json())
    click.echo(f"{proof}\nwritten to {out}")


@click.command("check-proof")
@click.argument("file", type=_FILE)
@_PUBLIC
@click.option("--anchor", type=_FILE, help="Believe the root because it is kept here.")
def check_proof(file: Path, public_key: str | None, anchor: Path | None) -> None:
    """Check a proof by itself: no log, no blobs.

    Exit code 0: it holds, by a signature of the key or by the anchor. 1: it does not. 2: it cannot
    be read, or neither key nor anchor is given: then it shows only that the file fits itself.
    """
    try:
        proof = read_proof(file.read_bytes())
        key = read_public(public_key) if public_key else None
        kept = read_anchor(anchor) if anchor else None
        proof.check()
    except (OSError, KeyFileError) as error:
        raise CannotError(str(error)) from error
    except ProofError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(1)
    click.echo(f"{proof}")
    if key is not None and not proof.note.signed_by(key):
        click.echo(f"{file}: the seal does not bear the signature of {key.name}", err=True)
        sys.exit(1)
    if anchor is not None and (kept is None or kept.body != proof.note.body):
        click.echo(f"{file}: {anchor} keeps another seal, or none", err=True)
        sys.exit(1)
    if key is None and anchor is None:
        raise CannotError(
            "the file fits itself; --public-key or --anchor says whether to believe it"
        )


@click.command()
@LOG
@DATA
@_PUBLIC
@_ANCHOR
@click.option("--json", "json_file", type=_FILE, help="Write the report here, too.")
def fsck(
    log: str | None,
    data: Path | None,
    public_key: str | None,
    anchor: Path | None,
    json_file: Path | None,
) -> None:
    """Say whether the record is the one that was written; nothing of it is executed.

    Chain and id of every event, seals and anchor, every blob that the record names, and the file
    of an embedded log. What was changed, inserted, moved, taken away or cut off is located. Without
    a seal, only those are found who did not compute chains and ids anew.

    Exit code 0: nothing is wrong. 1: something is. 2: there is nothing to examine.
    """
    source = source_of(log, data)
    try:
        trust = Trust(
            read_public(public_key) if public_key else None,
            read_anchor(anchor or source.blobs.parent / NAME),
        )
    except (KeyFileError, OSError, ProofError) as error:
        raise CannotError(str(error)) from error
    if anchor is not None and trust.anchor is None:
        raise CannotError(f"there is no anchor {anchor}")
    report, notes = _do(_examined(source, trust))
    if json_file is not None:
        json_file.write_bytes(report.to_json())
    Console(highlight=False).print(report.findings())
    for line in notes:
        click.echo(line)
    sys.exit(report.integrity_code)


def _settings(log: str | None, data: Path | None) -> Settings:
    settings = from_environment()
    settings = settings if data is None else replace(settings, data=data)
    settings = settings if log is None else replace(settings, log=log)
    try:
        refuse_other_store(settings)
    except EventLogError as error:
        raise CannotError(str(error)) from error
    return settings


async def _sealed(settings: Settings, key: Path | None) -> Sealed:
    signer = None if key is None else read_key(key)
    ensure_store(settings)
    async with open_log(settings) as log:
        return await Sealer(log, BlobStore(settings.blobs), signer).seal()


def _signatures(done: Sealed) -> str:
    names = [signature.name for signature in done.seal.note.signatures]
    return f"signed by {', '.join(names)}" if names else "not signed"


async def _proved(source: Source, address: str) -> Proof:
    older, dots, newer = address.partition("..")
    async with open_reader(source.log) as log:
        prover = await Prover.open(log, BlobStore(source.blobs))
        if dots and older.isdecimal() and newer.isdecimal():
            return prover.consistency(int(older), int(newer))
        revision, stream = parse_address(address)
        if revision is None:
            raise AddressError(f"{address!r} is not REVISION@STREAM")
        return await prover.inclusion(stream, revision)


async def _examined(source: Source, trust: Trust) -> tuple[Report, list[str]]:
    report = Report()
    async with open_reader(source.log) as log:
        retention = getattr(log, "stream_metadata", None)
        blobs = BlobStore(source.blobs)
        integrity = Integrity(log, blobs, trust, retention, file_of(source.log))
        with progress() as shown:
            bar = shown.add_task("examining", total=None)
            async for verdict in integrity.verdicts():
                report.add(verdict)
                shown.advance(bar)
    return report, list(integrity.notes())


def _do(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except _FAILURES as error:
        raise CannotError(str(error)) from error
