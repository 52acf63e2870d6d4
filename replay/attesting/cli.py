"""``jimbot-replay attest``: what made a checkpoint or an evaluation, for other tools."""

import asyncio
import sys
from pathlib import Path

import click

from jimbot_stream.contracts.json_codec import ShapeError
from jimbot_stream.contracts.upcast import UnknownSchemaError
from jimbot_stream.eventlog import EventLogError
from jimbot_stream.replay.attesting.envelope import EnvelopeError, disclose, enclose
from jimbot_stream.replay.attesting.provenance import UnknownSubjectError, provenance_of
from jimbot_stream.replay.attesting.statement import Provenance
from jimbot_stream.replay.bundling.durable import Hashed, put_in_place
from jimbot_stream.replay.lines import BundleError
from jimbot_stream.replay.opening import open_reader
from jimbot_stream.replay.parallel import Source
from jimbot_stream.replay.seals.keys import KeyFileError, read_key, read_public
from jimbot_stream.replay.sources import DATA, LOG, CannotError, source_of

_FILE = click.Path(path_type=Path, dir_okay=False)
_FAILURES = (
    BundleError,
    EventLogError,
    KeyFileError,
    OSError,
    ShapeError,
    UnknownSchemaError,
    UnknownSubjectError,
)


@click.command()
@LOG
@DATA
@click.argument("subject", metavar="CHECKPOINT|RUN|EVALUATION")
@click.option("--out", type=_FILE, required=True, help="Write it here.")
@click.option("--key", type=_FILE, help="Sign with this key; jimbot-replay keygen makes one.")
def attest(log: str | None, data: Path | None, subject: str, out: Path, key: Path | None) -> None:
    """Write an in-toto statement of how a checkpoint or an evaluation came about.

    CHECKPOINT is its sha256 or first letters of it, RUN means the checkpoint that it goes on with,
    EVALUATION is an id. The predicate is SLSA provenance v1: parent checkpoint, games by the digest
    of their chains, seeds, configuration, libraries and machine as the record has them. With --key
    it lies in a signed DSSE envelope, without in none. The same record gives the same bytes.
    """
    try:
        signer = None if key is None else read_key(key)
        statement = asyncio.run(_provenance(source_of(log, data), subject)).statement()
        told = statement if signer is None else enclose(statement, signer)
        with put_in_place(out) as made, Hashed(made.parent, made.name) as file:
            file.write(told + b"\n")
    except _FAILURES as error:
        raise CannotError(str(error)) from error
    signed = "not signed" if signer is None else f"signed by {signer.public}"
    click.echo(f"statement written to {out}, {signed}")


@click.command("check-attestation")
@LOG
@DATA
@click.argument("file", type=_FILE)
@click.option(
    "--public-key",
    metavar="NAME+ID+BASE64|FILE",
    required=True,
    help="Whose signature it must bear.",
)
@click.option(
    "--against", metavar="CHECKPOINT|RUN|EVALUATION", help="Compare it with the log as well."
)
def check_attestation(
    log: str | None, data: Path | None, file: Path, public_key: str, against: str | None
) -> None:
    """Check the signature of a statement; and, with --against, that the record still says so.

    Exit code 0: it is so. 1: it is not. 2: it cannot be checked.
    """
    try:
        statement = disclose(file.read_bytes(), read_public(public_key))
        same = True
        if against is not None:
            found = asyncio.run(_provenance(source_of(log, data), against))
            same = found.statement() == statement
    except EnvelopeError as error:
        click.echo(f"{file}: {error}", err=True)
        sys.exit(1)
    except _FAILURES as error:
        raise CannotError(str(error)) from error
    if not same:
        click.echo(f"{file}: the log says otherwise of {against}", err=True)
        sys.exit(1)
    told = "" if against is None else f", and as the log says of {against}"
    click.echo(f"{file}: signed by {read_public(public_key).name}{told}")


async def _provenance(source: Source, subject: str) -> Provenance:
    async with open_reader(source.log) as log:
        return await provenance_of(log, subject)
