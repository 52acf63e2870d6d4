"""Commands of ``jimbot-balatro`` for people: look a card up, explain a score, play a seed."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click
from click.core import ParameterSource

from jimbot_stream.balatro.options import DECK_NAMES, GROUP_NAMES, STAKE_NAMES, OutFile, Seed
from jimbot_stream.balatro.tables.blinds import ANTE_BASE

if TYPE_CHECKING:
    from jimbot_stream.balatro.engine import Run
    from jimbot_stream.balatro.playing import Record

_OF_A_RUN: Final = ("deck", "stake", "win_ante", "endless", "record")
"""Parameters of ``play`` that a replay takes from its file."""

T = TypeVar("T")


def _checked(make: Callable[[str], T], texts: Sequence[str]) -> list[T]:
    """Read what was typed, or end with the sentence that says what is wrong."""
    try:
        return [make(text) for text in texts]
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@click.command()
@click.argument("name", nargs=-1)
@click.option(
    "--group",
    type=click.Choice(tuple(GROUP_NAMES), case_sensitive=False),
    help="Only one kind of cards.",
)
def cards(name: tuple[str, ...], group: str | None) -> None:
    """Say what a card does, as these rules play it.

    NAME is the English name or the game's key of a joker, consumable, voucher, tag, blind,
    pack, enhancement, edition, seal, poker hand, deck or stake; words of it will do. Without
    NAME everything is listed.

    \b
      jimbot-balatro cards blueprint
      jimbot-balatro cards needle
      jimbot-balatro cards --group vouchers
    """  # noqa: D301 - click's mark for lines that stay as they are
    from jimbot_stream.balatro.catalogue import entries, find
    from jimbot_stream.balatro.playing import rules_text

    found = list(find(" ".join(name)) if name else entries())
    if group:
        found = [entry for entry in found if entry.group == GROUP_NAMES[group]]
    if not found:
        among = f" among the {GROUP_NAMES[group].lower()}" if group else ""
        raise click.ClickException(f"no card is called {' '.join(name)!r}{among}")
    click.echo(rules_text(found))


@click.command()
@click.option(
    "--hand", required=True, metavar="CARDS", help="Cards that are played, left to right."
)
@click.option("--held", default="", metavar="CARDS", help="Cards that stay in hand.")
@click.option("--joker", "jokers", multiple=True, metavar="JOKER", help="A joker; repeatable.")
@click.option(
    "--level", "levels", multiple=True, metavar="HAND=N", help="Level of a poker hand; repeatable."
)
@click.option("--deck", type=click.Choice(DECK_NAMES), default="red", show_default=True)
@click.option("--boss", default="", metavar="KEY", help="A boss blind, for example bl_flint.")
@click.option("--money", default=4, show_default=True, help="Dollars held.")
@click.option(
    "--hands-left",
    default=4,
    show_default=True,
    help="Hands left, the one that is played included.",
)
@click.option("--discards-left", default=3, show_default=True, help="Discards left.")
@click.option(
    "--seed",
    type=Seed(),
    default="EXPLAIN",
    show_default=True,
    help="Random effects (Lucky Cards, Misprint, Bloodstone, ...) roll on it.",
)
def explain(
    hand: str,
    held: str,
    jokers: tuple[str, ...],
    levels: tuple[str, ...],
    deck: str,
    boss: str,
    money: int,
    hands_left: int,
    discards_left: int,
    seed: str,
) -> None:
    """Show step by step how a hand comes to its score.

    A card is its rank and suit, and what it bears after a plus: KH, 10S, AC+glass+foil+red.
    A joker is its key or name, with edition and stickers after a plus, and after an equals
    sign what it has grown to: j_joker+foil, Runner=45. Jokers act left to right, so their
    order counts.

    \b
      jimbot-balatro explain --hand "KH KS 5D 5C 2S"
      jimbot-balatro explain --hand "KH KS 5D 5C 2S" --held "AS" \\
          --joker j_blueprint --joker j_joker+foil --level "Two Pair=3"
      jimbot-balatro explain --hand "AS+glass AH" --held "KD+steel" --joker mime --joker baron

    Each line tells what acted, what it added, and chips X mult after it.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from jimbot_stream.balatro import explaining, notation, tabling

    shown, kept = _checked(notation.cards, [hand, held])
    table = tabling.Table(
        hand=shown,
        held=kept,
        jokers=_checked(notation.joker, jokers),
        levels=dict(_checked(notation.level, levels)),
        deck=f"b_{deck}",
        boss=boss,
        money=money,
        hands_left=hands_left,
        discards_left=discards_left,
        seed=seed,
    )
    try:
        run = tabling.run_of(table)
        account = explaining.explain(run, tabling.mask_of(table))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(explaining.lines(account)))


@click.command()
@click.argument("seed", type=Seed(), required=False)
@click.option("--deck", type=click.Choice(DECK_NAMES), default="red", show_default=True)
@click.option("--stake", type=click.Choice(STAKE_NAMES), default="white", show_default=True)
@click.option(
    "--win-ante",
    type=click.IntRange(1, len(ANTE_BASE[0])),
    default=8,
    show_default=True,
    help="Ante whose boss must be beaten to win.",
)
@click.option("--endless", is_flag=True, help="Go on after the win, until a round is lost.")
@click.option(
    "--record",
    type=OutFile(),
    help="Where to keep what was done; a game that is kept there is gone on with."
    "  [default: SEED.json in this folder]",
)
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Do again what FILE keeps, and print the digest of where it leads.",
)
@click.option(
    "--picture",
    type=OutFile(),
    help="Draw the last state into this SVG file, or into a page if it ends with .html.",
)
def play(
    seed: str | None,
    deck: str,
    stake: str,
    win_ante: int,
    endless: bool,
    record: Path | None,
    replay: Path | None,
    picture: Path | None,
) -> None:
    """Play SEED in the terminal.

    Every state is shown with what may be done in it. Type a command of the list: play 1 2 5,
    discard 3, buy 1, next; help tells the rest. Commands may also come through a pipe.

    \b
      jimbot-balatro play ALEEB --deck red --stake white
      jimbot-balatro play --replay ALEEB.json

    What was done is written to a JSON file after every action: seed, deck, stake, version of
    the rules, actions, digest. --replay does it again and ends with 0 only if it comes to the
    same digest, bit for bit.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if (seed is None) == (replay is None):
        raise click.UsageError("give a SEED to play, or a file with --replay")
    if replay is not None:
        _refuse_with_replay(click.get_current_context())
    from jimbot_stream.balatro.playing import Record

    try:
        if replay is not None:
            _replay(replay, picture)
        elif seed is not None:
            number = STAKE_NAMES.index(stake) + 1
            wanted = Record(seed, f"b_{deck}", number, win_ante=win_ante, endless=endless)
            _play(wanted, record or Path(f"{seed}.json"), picture)
    except ValueError as error:  # a RecordError is one
        raise click.ClickException(str(error)) from error


def _refuse_with_replay(context: click.Context) -> None:
    """A replay takes everything from its file: whoever asks for something else is told so."""
    for name in _OF_A_RUN:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = "--" + name.replace("_", "-")
            raise click.UsageError(f"--replay takes {name} from its file: leave {option} out")


def _replay(path: Path, picture: Path | None) -> None:
    from jimbot_stream.balatro import playing

    kept = playing.load(path)
    run = kept.again()
    click.echo(playing.shown(run))
    _draw(run, picture)
    click.echo(f"{len(kept.actions)} actions, digest {run.digest()}")
    if not kept.digest:
        raise click.ClickException(f"{path} keeps no digest: there is nothing to compare with")


def _play(wanted: "Record", path: Path, picture: Path | None) -> None:
    from jimbot_stream.balatro import playing

    kept = playing.load(path) if path.exists() else wanted
    if kept.game != wanted.game:
        raise click.ClickException(f"{path} keeps another game: choose another with --record")
    session = playing.Session(kept, click.echo, path)
    session.play(_typed())
    _draw(session.run, picture)
    click.echo(f"kept in {path}: {len(kept.actions)} actions, digest {kept.digest}")


def _typed() -> Iterator[str]:
    """Lines that a person types, or a pipe brings."""
    person = sys.stdin.isatty()
    while True:
        if person:
            click.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def _draw(run: "Run", picture: Path | None) -> None:
    from jimbot_stream.balatro import view_svg, wire

    if picture is None:
        return
    state = wire.state_message(run)
    page = picture.suffix.casefold() in (".html", ".htm")
    text = view_svg.html(state) if page else view_svg.svg(state)
    try:
        picture.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{picture} cannot be written: {error.strerror}") from error
    click.echo(f"drawn in {picture}")
