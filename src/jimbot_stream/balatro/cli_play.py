"""Commands of ``jimbot-balatro`` for people: look a card up, explain a score, play a seed."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import click

from jimbot_stream.balatro.naming import short
from jimbot_stream.balatro.tables.decks import DECKS
from jimbot_stream.balatro.tables.stakes import STAKES

DECK_NAMES: Final = tuple(short(deck.key) for deck in DECKS)
STAKE_NAMES: Final = tuple(short(stake.key) for stake in STAKES)

T = TypeVar("T")


def _checked(make: Callable[[str], T], texts: Sequence[str]) -> list[T]:
    """Read what was typed, or end with the sentence that says what is wrong."""
    try:
        return [make(text) for text in texts]
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _seed(typed: str) -> str:
    """A seed as the game reads it: in capitals, and a zero is the letter O."""
    return typed.upper().replace("0", "O")


@click.command()
@click.argument("name", nargs=-1)
@click.option("--group", "group", help="Only one kind, for example: --group tags.")
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
        found = [entry for entry in found if entry.group.casefold().startswith(group.casefold())]
    if not found:
        raise click.ClickException(f"no card is called {' '.join(name) or group!r}")
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
        seed=_seed(seed),
    )
    try:
        run = tabling.run_of(table)
        account = explaining.explain(run, tabling.mask_of(table))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(explaining.lines(account)))


@click.command()
@click.argument("seed", required=False)
@click.option("--deck", type=click.Choice(DECK_NAMES), default="red", show_default=True)
@click.option("--stake", type=click.Choice(STAKE_NAMES), default="white", show_default=True)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
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
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the last state into this SVG file, or into a page if it ends with .html.",
)
def play(
    seed: str | None,
    deck: str,
    stake: str,
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
    the rules, actions. --replay does it again and ends with 0 only if it comes to the same
    digest, bit for bit.
    """  # noqa: D301 - click's mark for lines that stay as they are
    seed = seed and _seed(seed)
    if (seed is None) == (replay is None):
        raise click.UsageError("give a SEED to play, or a file with --replay")
    from jimbot_stream.balatro.playing import RecordError

    try:
        if replay is not None:
            _replay(replay, picture)
        elif seed is not None:
            _play(seed, deck, stake, record or Path(f"{seed}.json"), picture)
    except (RecordError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _replay(path: Path, picture: Path | None) -> None:
    from jimbot_stream.balatro import playing

    kept = playing.load(path)
    run = kept.again()
    digest = run.digest()
    click.echo(playing.shown(run))
    _draw(run, picture)
    click.echo(f"{len(kept.actions)} actions, digest {digest}")
    if kept.digest and kept.digest != digest:
        raise click.ClickException(f"the file says {kept.digest}: the run came out otherwise")


def _play(seed: str, deck: str, stake: str, path: Path, picture: Path | None) -> None:
    from jimbot_stream.balatro import playing

    wanted = playing.Record(seed, f"b_{deck}", STAKE_NAMES.index(stake) + 1)
    kept = playing.load(path) if path.exists() else wanted
    if (kept.seed, kept.deck, kept.stake) != (wanted.seed, wanted.deck, wanted.stake):
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


def _draw(run: object, picture: Path | None) -> None:
    from jimbot_stream.balatro import view_svg, wire
    from jimbot_stream.balatro.engine import Run

    if picture is None or not isinstance(run, Run):
        return
    state = wire.state_message(run)
    page = picture.suffix.casefold() in (".html", ".htm")
    text = view_svg.html(state) if page else view_svg.svg(state)
    picture.write_text(text, encoding="utf-8")
    click.echo(f"drawn in {picture}")
