"""``jimbot-stream broker``: the embedded broker as a process of its own."""

import logging
import sys
from pathlib import Path
from typing import Final

import click
import uvloop

from jimbot_stream.bus.broker.process import address_of
from jimbot_stream.bus.broker.server import Broker
from jimbot_stream.bus.broker.store import Durability, StorageError, StoreBusyError
from jimbot_stream.config import from_environment
from jimbot_stream.serving import Address, Stop

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the file broker.sqlite; made if missing. One broker per folder."
    " Default: JIMBOT_DATA, else jimbot-data.",
)
@click.option(
    "--listen",
    type=Address(),
    help="Address to listen on. There are no passwords: whoever can connect can read and"
    " write everything. Port 0 takes a free one. Default: that of JIMBOT_BROKER, else"
    " 127.0.0.1:19092.",
)
@click.option(
    "--advertise",
    type=Address(),
    help="Address told to clients, where it differs from the one that they connect to"
    " (port forwarding).",
)
@click.option(
    "--durability",
    type=click.Choice(["full", "normal"]),
    default="full",
    show_default=True,
    help="full: an acknowledged record survives power loss; every commit is synced to the"
    " disk, and many records share one. normal: it survives any crash of the process, but"
    " a power cut may lose the last moments.",
)
@click.option(
    "--max-message-bytes",
    type=click.IntRange(min=1024),
    default=10 << 20,
    show_default=True,
    help="Largest batch of records taken, where a topic has no max.message.bytes.",
)
@click.option(
    "--max-file-bytes",
    type=click.IntRange(min=1 << 20),
    help="Cap of the file's size. At the cap producers get KAFKA_STORAGE_ERROR, reads go on.",
)
@click.option("--parent", type=int, help="End when the process with this id ends.")
@click.option("-v", "--verbose", is_flag=True, help="Log every request.")
def broker(
    data: Path | None,
    listen: tuple[str, int] | None,
    advertise: tuple[str, int] | None,
    durability: Durability,
    max_message_bytes: int,
    max_file_bytes: int | None,
    parent: int | None,
    verbose: bool,
) -> None:
    """Run the embedded broker: one node that speaks the Kafka protocol.

    Every Kafka client can connect. Topics are declared explicitly, never by use; records,
    committed offsets and producer states are kept in DATA/broker.sqlite. It is one node
    without replication: for more than one machine, use Kafka and set JIMBOT_BROKER.

    \b
    Example:
      jimbot-stream broker --data jimbot-data &
      kcat -b 127.0.0.1:19092 -L
    """  # noqa: D301 - click's mark for lines that stay as they are
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        stream=sys.stderr,
    )
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    settings = from_environment()
    made = Broker(
        data / settings.broker_file.name if data else settings.broker_file,
        *(listen or address_of(settings.broker)),
        advertised=advertise,
        durability=durability,
        max_bytes=max_file_bytes,
        defaults={"max.message.bytes": str(max_message_bytes)},
    )
    try:
        uvloop.run(_serve(made, parent))
    except (StoreBusyError, StorageError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot listen on {made.address}: {error}") from error


async def _serve(made: Broker, parent: int | None) -> None:
    stop = Stop(parent)
    async with made:
        click.echo(
            f"Broker on {made.address}, records in {made.path}."
            " One node, no replication. Ctrl-C stops it."
        )
        if made.host not in _LOOPBACK:
            click.echo("Warning: reachable from other machines, without passwords.", err=True)
        await stop.wait()
    click.echo("Broker stopped; all acknowledged records are on disk.")
