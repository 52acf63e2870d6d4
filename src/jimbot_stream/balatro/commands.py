"""What a person types to play, and what may be typed in a state.

Positions count from 1, left to right; a card may also be named, ``play KH KS``. Everything is
told from the visible state and the legal families, as a policy sees them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jimbot_stream.balatro import actions, view
from jimbot_stream.balatro.actions import Verb
from jimbot_stream.balatro.naming import LETTER, face
from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.contracts.v1.game_pb2 import Action, Card, GameState, Item, LegalAction


@dataclass(frozen=True, slots=True)
class Command:
    """Words, and the verb that they mean; takes says what follows them."""

    words: str
    verb: Verb
    takes: str = ""
    row: str = ""
    """Field of the state in which its slots lie."""


COMMANDS: Final = (
    Command("play", Verb.PLAY, "CARDS"),
    Command("discard", Verb.DISCARD, "CARDS"),
    Command("select", Verb.SELECT_BLIND),
    Command("skip", Verb.SKIP_BLIND),
    Command("reroll boss", Verb.REROLL_BOSS),
    Command("cash out", Verb.CASH_OUT),
    Command("next", Verb.NEXT_ROUND),
    Command("buy voucher", Verb.BUY_VOUCHER, "N", "shop_vouchers"),
    Command("buy and use", Verb.BUY_AND_USE, "N [CARDS]", "shop_cards"),
    Command("buy", Verb.BUY_CARD, "N", "shop_cards"),
    Command("open", Verb.BUY_PACK, "N", "shop_packs"),
    Command("take", Verb.PICK_PACK, "N [CARDS]", "pack"),
    Command("skip pack", Verb.SKIP_PACK),
    Command("use", Verb.USE, "N [CARDS]", "consumables"),
    Command("sell joker", Verb.SELL_JOKER, "N", "jokers"),
    Command("sell consumable", Verb.SELL_CONSUMABLE, "N", "consumables"),
    Command("reroll", Verb.REROLL),
    Command("move card", Verb.REARRANGE_HAND, "N TO", "hand"),
    Command("move joker", Verb.REARRANGE_JOKERS, "N TO", "jokers"),
    Command("move consumable", Verb.REARRANGE_CONSUMABLES, "N TO", "consumables"),
)
"""All of them; of two that fit, the one with more words is meant."""

_BY_VERB: Final = {int(command.verb): command for command in COMMANDS}


class CommandError(ValueError):
    """Words that are no action; the message says what would be."""


# --- what may be typed -----------------------------------------------------------------


def listing(state: GameState, legal: Sequence[LegalAction]) -> Iterator[str]:
    """One line for every command that the families allow, in the order of ``COMMANDS``."""
    for command in COMMANDS:
        families = [family for family in legal if int(family.verb) == command.verb]
        if families:
            typed = f"{command.words} {command.takes}".rstrip()
            yield f"{typed:24} {_told(command, state, families)}".rstrip()


def _told(command: Command, state: GameState, families: Sequence[LegalAction]) -> str:
    if command.takes == "CARDS":
        return _choice(families[0])
    if command.takes.startswith("N ") and command.takes != "N [CARDS]":
        return f"1 to {len(getattr(state, command.row))}"
    if command.row:
        return ", ".join(_slots(command, state, families))
    return _cost(command, state)


def _choice(family: LegalAction) -> str:
    text = _count(family)
    if family.forced_cards:
        forced = " and ".join(str(place + 1) for place in family.forced_cards)
        text += f", {forced} among them"
    return text


def _count(family: LegalAction) -> str:
    fewest, most = family.min_cards, family.max_cards
    number = str(most) if fewest == most else f"{fewest} to {most}"
    return f"{number} card{'s' if most > 1 else ''} of {len(family.selectable_cards)}"


def _slots(command: Command, state: GameState, families: Sequence[LegalAction]) -> Iterator[str]:
    row = getattr(state, command.row)
    for family in families:
        for slot in family.slots:
            needs = f" ({_count(family)})" if family.max_cards else ""
            yield f"{slot + 1} {_ware(command, row[slot])}{needs}" if slot < len(row) else ""


def _ware(command: Command, item: Item) -> str:
    if command.verb in (Verb.SELL_JOKER, Verb.SELL_CONSUMABLE):
        return f"{view.item_text(item)} ${item.sell_value}"
    return view.ware_text(item) if item.cost or item.coupon else view.item_text(item)


def _cost(command: Command, state: GameState) -> str:
    if command.verb == Verb.REROLL:
        return f"${state.reroll_cost}"
    if command.verb == Verb.SELECT_BLIND:
        return f"{state.blind.chips_required:,.0f} chips for ${state.blind.reward}"
    if command.verb == Verb.SKIP_BLIND:
        return next(map(view.tag_text, view.offers(state)), "")
    return ""


# --- what was typed --------------------------------------------------------------------


def parse(text: str, state: GameState, legal: Sequence[LegalAction]) -> int:
    """The canonical action of what was typed in a state.

    The families tell which command is meant where words fit several; that they allow the
    action is not checked here, for whoever carries it out says best why it is refused.

    Raises:
        CommandError: it is no command, or lacks what the command takes.
    """
    command, words = _command(text, {int(family.verb) for family in legal})
    slot = target = 0
    if command.takes.startswith("N"):
        slot, words = _position(command, words)
    if command.takes == "N TO":
        target, words = _position(command, words)
    takes_cards = "CARDS" in command.takes
    if words and not takes_cards:
        raise CommandError(f"{command.words} takes {command.takes or 'nothing'}")
    chosen = [_card(word, state.hand) for word in words]
    if len(set(chosen)) < len(chosen):
        raise CommandError("a card is named twice")
    return actions.pack(command.verb, sorted(chosen), slot, target)


def _command(text: str, verbs: set[int]) -> tuple[Command, list[str]]:
    words = text.casefold().split()
    fitting = [
        command for command in COMMANDS if words[: _length(command)] == command.words.split()
    ]
    if fitting:
        now = [command for command in fitting if int(command.verb) in verbs]
        command = max(now or fitting, key=_length)
        return command, words[_length(command) :]
    if words == ["skip"] and Verb.SKIP_PACK in verbs:
        return _BY_VERB[Verb.SKIP_PACK], []
    raise CommandError(f"{text!r} is no command; type help")


def _length(command: Command) -> int:
    return len(command.words.split())


def _position(command: Command, words: list[str]) -> tuple[int, list[str]]:
    if not words or not words[0].isdecimal() or not 1 <= int(words[0]) < 256:
        raise CommandError(f"{command.words} takes {command.takes}, counted from 1")
    return int(words[0]) - 1, words[1:]


def _card(word: str, hand: Sequence[Card]) -> int:
    """Position of a card by number, or by name if it is the only one so called."""
    if word.isdecimal() and 1 <= int(word) <= len(hand):
        return int(word) - 1
    named = [place for place, card in enumerate(hand) if word in _names(card)]
    if len(named) == 1:
        return named[0]
    if named:
        places = " and ".join(str(place + 1) for place in named)
        raise CommandError(f"{word} may be card {places}: give its number")
    raise CommandError(f"{word!r} is no card of the hand: give a number from 1 to {len(hand)}")


def _names(card: Card) -> tuple[str, ...]:
    if card.face_down or not card.rank or not card.suit:
        return ()
    letter = LETTER[card.rank].casefold()
    suit = Suit(card.suit).name[0].casefold()
    return letter + suit, letter.replace("t", "10") + suit, face(card.rank, card.suit).casefold()


def action_text(action: Action) -> str:
    """An action as it would be typed."""
    command = _BY_VERB.get(int(action.verb))
    if command is None:
        return f"verb {action.verb}"
    words = [command.words]
    if command.takes.startswith("N"):
        words.append(str(action.slot + 1))
    if command.takes == "N TO":
        words.append(str(action.target + 1))
    return " ".join([*words, *(str(place + 1) for place in action.cards)])
