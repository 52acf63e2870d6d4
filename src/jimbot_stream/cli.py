"""``jimbot-stream``: the command line. Commands are imported when they are used."""

from importlib import import_module
from importlib.metadata import version as installed_version
from pathlib import Path

import click

ELSEWHERE = {"broker": "jimbot_stream.bus.broker.cli"}
"""Commands that other rooms define, under the same name."""


class Commands(click.Group):
    """A group whose commands may live in other rooms, so that --help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported if it lives elsewhere."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{ELSEWHERE[cmd_name]}.{cmd_name} is no command")
        return command


@click.group(cls=Commands)
def main() -> None:
    """Play Balatro through an event stream, learn from it, and prove every decision.

    \b
    Try it:              jimbot-stream up
    Try it shorter:      jimbot-stream up --games 30 --generation 10 --seed 7
    Send a recording:    jimbot-stream ingest RECORDING.jsonl

    \b
    The parts one by one, each in a terminal of its own:
      jimbot-stream broker
      jimbot-store serve
      faust -A jimbot_stream worker
    """  # noqa: D301 - click's mark for lines that stay as they are


@main.command()
@click.option(
    "--games", type=click.IntRange(min=1), default=240, show_default=True, help="Games to play."
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    help="Seed of the run. Games, weights and decisions all follow from it: the same seed"
    " gives the same decisions, and the digest at the end tells.",
)
@click.option(
    "--generation",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="Games between two updates of the learner.",
)
@click.option(
    "--tables",
    type=click.IntRange(min=1, max=64),
    default=2,
    show_default=True,
    help="Sources that play side by side.",
)
@click.option(
    "--seats",
    type=click.IntRange(min=1, max=256),
    default=4,
    show_default=True,
    help="Games that a source plays at once. More of them: more decisions per second, and"
    " longer waits for each.",
)
@click.option("--deck", default="b_red", show_default=True, help="Game key of the deck.")
@click.option(
    "--stake",
    type=click.IntRange(1, 8),
    default=1,
    show_default=True,
    help="Stake, 1 white to 8 gold.",
)
@click.option(
    "--win-ante",
    type=click.IntRange(1, 8),
    default=3,
    show_default=True,
    help="Last ante of a game: beating its boss wins.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Empty or new folder for everything recorded; it is kept.  [default: a temporary one]",
)
@click.option("--keep", is_flag=True, help="Keep the temporary folder, and say where it is.")
@click.option(
    "--page/--no-page", default=True, show_default=True, help="Show the run as a web page, too."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=16067,
    show_default=True,
    help="Port of that page on 127.0.0.1; where it is taken, another is used and printed.",
)
def up(
    games: int,
    seed: int,
    generation: int,
    tables: int,
    seats: int,
    deck: str,
    stake: int,
    win_ante: int,
    data: Path | None,
    keep: bool,
    page: bool,
    port: int,
) -> None:
    """Start everything, play games, learn from them, and verify every decision.

    Starts a broker, an event store, a worker and a learner on free ports of 127.0.0.1,
    plays GAMES games through them, and ends them again. After every GENERATION games the
    learner makes a new checkpoint, which decides the next ones. Then a fresh process
    repeats all decisions and updates from the log.

    Ends with 0 only if every single one was found identical.

    With JIMBOT_BROKER or JIMBOT_LOG set, that Kafka or that event log is used instead of
    an own one; choose a seed that was never played there.
    """
    from jimbot_stream.play.command import run_up
    from jimbot_stream.play.up import Options

    raise SystemExit(
        run_up(
            Options(
                games=games,
                seed=seed,
                generation=generation,
                tables=tables,
                seats=seats,
                deck=deck,
                stake=stake,
                win_ante=win_ante,
                data=data,
                keep=keep,
                page=page,
                port=port,
            )
        )
    )


@main.command()
@click.argument("path", metavar="FILE|DIR|-")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Seconds without any answer after which to give up.",
)
@click.option(
    "--with-worker/--without-worker",
    "worker",
    default=True,
    show_default=True,
    help="Let the worker take games in and decide; or write them to the log as they are.",
)
def ingest(path: str, wait_s: float, worker: bool) -> None:
    """Send recorded games to the worker and show what comes back.

    FILE is a recording, one JSON document per line; DIR is a folder of them; - is standard
    input. Understood are recorded calls of a bot with the game's tables, game states of
    BalatroBot, and calls to BalatroBot (JSON-RPC) between its answers. The worker must be
    running (faust -A jimbot_stream worker), unless --without-worker is given: then the games
    are written to the event log as they are, which is enough for jimbot-learn offline.

    Sending a recording twice changes nothing. Ends with 0 if every request was answered,
    every game is closed, and nothing came back as a dead letter.
    """
    from jimbot_stream.play.command import run_ingest

    raise SystemExit(run_ingest(path, wait_s, worker=worker))


@main.command()
def topics() -> None:
    """List the topics of the bus and what is on them."""
    from jimbot_stream.config import from_environment
    from jimbot_stream.streams.topics import TOPICS

    prefix = from_environment().topic_prefix
    for topic in TOPICS:
        click.echo(f"{prefix + topic.name:32} key {topic.key:8} {topic.content}")


@main.command()
def version() -> None:
    """Print the version of the package and of the rules."""
    from jimbot_stream.balatro import RULES_VERSION

    click.echo(f"jimbot-stream {installed_version('jimbot-stream')}, rules {RULES_VERSION}")


if __name__ == "__main__":
    main()
