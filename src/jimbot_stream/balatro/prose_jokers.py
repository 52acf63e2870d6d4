"""What a joker does, as a sentence made from the rules of its row."""

from jimbot_stream.balatro.tables.cards import Suit
from jimbot_stream.balatro.tables.hands import HANDS
from jimbot_stream.balatro.tables.jokers import Joker
from jimbot_stream.balatro.tables.schema import Condition, Effect, Given, Per, Rule, Then, When
from jimbot_stream.balatro.wording import amount_text, article, number_text, plural, whole

_RANK_NAMES = {11: "Jack", 12: "Queen", 13: "King", 14: "Ace"}

_PER = {
    Per.DISCARDS_LEFT: "discard left",
    Per.TIMES_PLAYED: "time this poker hand was played in the run",
    Per.DECK_STONES: "Stone Card in the full deck",
    Per.DECK_STEELS: "Steel Card in the full deck",
    Per.DECK_NINES: "9 in the full deck",
    Per.TAROTS_USED: "Tarot card used in the run",
    Per.MONEY: "$1 held",
    Per.FIVE_DOLLARS: "$5 held",
    Per.DRAW_PILE: "card in the draw pile",
    Per.JOKERS: "joker",
    Per.MISSING_CARDS: "card that the deck is short of its size at the start",
    Per.SKIPS: "blind skipped in the run",
    Per.OTHER_SELLS: "$1 of sell value of the other jokers",
    Per.EMPTY_SLOTS: "empty joker slot, Joker Stencils counted as empty",
    Per.PLANETS_USED: "different Planet card used in the run",
    Per.CARD_RANK: "point of its rank",
}

_OWNED = {
    Then.FOUR_FINGERS: "Flushes and Straights can be made with 4 cards",
    Then.SHORTCUT: "Straights can be made with gaps of one rank",
    Then.SPLASH: "every played card scores",
    Then.PAREIDOLIA: "all cards count as face cards",
    Then.SMEARED: "Hearts and Diamonds count as one suit, Spades and Clubs as another",
    Then.SHOWMAN: "jokers and consumables may be offered although they are held or on display",
    Then.ASTRONOMER: "Planet cards and Celestial Packs in the shop are free",
    Then.DOUBLE_ODDS: "doubles all listed chances",
    Then.COPY_RIGHT: "acts as the joker to its right",
    Then.COPY_LEFTMOST: "acts as the leftmost joker",
}

_CARD = {
    Given.ALWAYS: "card",
    Given.FACE: "face card",
    Given.CASTLE_SUIT: "card of the round's suit",
    Given.ANCIENT_SUIT: "card of the round's suit",
    Given.MAIL_RANK: "card of the round's rank",
    Given.IDOL: "card of the round's rank and suit",
    Given.GOLD_CARD: "Gold Card",
    Given.LUCKY: "Lucky Card that pays",
    Given.GLASS: "Glass Card",
    Given.UNCOMMON: "Uncommon joker",
}

_EVERY = {
    When.BOSS_BEATEN: "boss blind beaten",
    When.REROLLED: "reroll of the shop",
    When.SOLD_OTHER: "card sold",
    When.PACK_SKIPPED: "booster pack skipped",
    When.PLANET_USED: "Planet card used",
}
"""What a joker that grows counts, where it is no playing card."""

_LEAD = {
    When.BLIND_SELECTED: "when a blind is selected",
    When.HAND_DRAWN: "when a round's first hand is drawn",
    When.BEFORE: "before a hand scores",
    When.SCORED: "when a card scores",
    When.MAIN: "when a hand scores",
    When.AFTER: "after a hand has scored",
    When.HAND_REFUSED: "also when the boss does not let the hand score",
    When.DISCARDING: "when cards are discarded",
    When.DISCARDED: "for every card discarded",
    When.ROUND_END: "at the end of the round",
    When.BOSS_BEATEN: "when a boss blind is beaten",
    When.PAYOUT: "at the cash-out",
    When.SHOP_LEFT: "when the shop is left",
    When.SOLD_SELF: "when it is sold",
    When.PACK_OPENED: "when a booster pack is opened",
}

_UNITS = (Then.CHIPS, Then.MULT, Then.XMULT, Then.DOLLARS)


def value_text(joker: Joker, value: float) -> str:
    """What a joker that grows is worth at a value, for example ``X2.25 Mult``; else empty."""
    unit = _unit(joker)
    if unit is None:
        return ""
    return amount_text(unit, value) + (" a round" if unit == Then.DOLLARS else "")


def joker_sentence(joker: Joker) -> str:
    """What a joker does, made from its rules."""
    unit = _unit(joker)
    clauses = [_clause(rule, unit) for rule in joker.rules if not _shows_value(rule)]
    if unit is not None:
        cash = " at the cash-out" if unit == Then.DOLLARS else ""
        clauses.insert(0, f"{amount_text(unit, joker.value)}{cash} at first")
    return whole("; ".join(_shared(clauses)))


def _shared(clauses: list[str]) -> list[str]:
    """Two clauses that begin alike, as one: a card gives +10 Chips and +4 Mult."""
    if len(clauses) == 2 and all(" gives " in clause for clause in clauses):
        (who, first), (same, second) = (clause.split(" gives ", 1) for clause in clauses)
        if who == same:
            return [f"{who} gives {first} and {second}"]
    return clauses


def _shows_value(rule: Rule) -> bool:
    return rule.effect.per == Per.VALUE and rule.effect.then in _UNITS


def _unit(joker: Joker) -> Then | None:
    """As what a joker's own value counts; None when it has none."""
    return next((rule.effect.then for rule in joker.rules if _shows_value(rule)), None)


def _clause(rule: Rule, unit: Then | None) -> str:
    effect, when = rule.effect, rule.when
    if effect.then == Then.SPECIAL:
        return _special(rule)
    if when == When.OWNED:
        return _owned(effect)
    if effect.then in (Then.GROW, Then.SET):
        return _grown(rule, unit or Then.MULT)
    if effect.then == Then.REPEAT:
        return _repeated(rule)
    if when in (When.SCORED, When.HELD, When.OTHER_JOKER, When.DISCARDED):
        verb = "gains" if effect.then == Then.CARD_BONUS else "gives"
        return f"{_each(rule)} {_chance(rule, verb)} {_given(effect)}"
    return _hand(rule)


def _special(rule: Rule) -> str:
    chance = f"1 in {rule.odds}" if rule.odds else ""
    lead = ", ".join(filter(None, [_LEAD.get(rule.when, ""), chance]))
    return f"{lead}: {rule.text}" if lead else rule.text


def _owned(effect: Effect) -> str:
    count = int(effect.amount)
    match effect.then:
        case Then.HAND_SIZE:
            return f"{count:+} hand size"
        case Then.DISCARDS:
            return f"{count:+} discard{plural(count)} per round"
        case Then.HANDS:
            return f"{count:+} hand{plural(count)} per round"
        case Then.DEBT:
            return f"up to ${count} may be owed"
        case Then.FREE_REROLLS:
            return f"{count} free reroll{plural(count)} in every shop"
        case Then.INTEREST:
            return f"${count} more interest for every $5 held"
    return _OWNED[effect.then]


def _grown(rule: Rule, unit: Then) -> str:
    shown = amount_text(unit, rule.effect.amount)
    verb = "gains" if rule.effect.then == Then.GROW else "goes back to"
    if verb == "gains" and unit in (Then.CHIPS, Then.MULT):
        shown = shown.removeprefix("+")
    if rule.when == When.ROUND_END:
        return f"{verb} {shown} at the end of the round"
    return f"{verb} {shown} for {_counted(rule)}" if verb == "gains" else _reset(rule, shown)


def _reset(rule: Rule, shown: str) -> str:
    moment = "for a hand" if rule.when == When.BEFORE else "when"
    tail = _that(rule.condition) if rule.when == When.BEFORE else "a boss blind is beaten"
    return f"goes back to {shown} {moment} {tail}"


def _counted(rule: Rule) -> str:
    """What a joker grows by, for example ``every hand of exactly 4 cards``."""
    if rule.when == When.BEFORE:
        return f"every hand {_that(rule.condition)}".rstrip()
    if rule.when in _EVERY:
        return f"every {_EVERY[rule.when]}"
    ending = {
        When.SCORED: " that scores",
        When.DISCARDED: " discarded",
        When.CARD_ADDED: " added to the deck",
        When.CARD_DESTROYED: " destroyed",
    }[rule.when]
    name = "playing card" if rule.when == When.CARD_ADDED else _card(rule.condition)
    return f"every {name}" + ("" if rule.condition.given == Given.LUCKY else ending)


def _that(condition: Condition) -> str:
    match condition.given:
        case Given.CONTAINS:
            return f"that contains {article(HANDS[condition.arg].name)}"
        case Given.CARDS_EXACTLY:
            return f"of exactly {condition.arg} cards"
        case Given.NO_FACE_SCORED:
            return "without a scoring face card"
        case Given.FACE_SCORED:
            return "with a scoring face card"
    return "played"


def _repeated(rule: Rule) -> str:
    times = int(rule.effect.amount)
    more = "once more" if times == 1 else f"{times} times more"
    if rule.when == When.REPEAT_HELD:
        return f"every {_card(rule.condition)} held in hand has its turn {more}"
    if rule.condition.given == Given.LAST_HAND:
        return f"on the round's last hand, every card that scores does so {more}"
    return f"{_each(rule)} does so {more}"


def _each(rule: Rule) -> str:
    """The card that acts: ``every King held in hand``, ``the first face card that scores``."""
    condition = rule.condition
    if rule.when == When.OTHER_JOKER:
        return f"every {_card(condition)}"
    if condition.given == Given.LOWEST_HELD:
        return "the lowest card held in hand"
    place = {
        When.SCORED: "that scores",
        When.REPEAT_SCORED: "that scores",
        When.HELD: "held in hand",
        When.DISCARDED: "discarded",
    }[rule.when]
    if condition.given == Given.FIRST_FACE:
        return f"the first face card {place}"
    if condition.given == Given.FIRST_SCORED:
        return f"the first card {place}"
    return f"every {_card(condition)} {place}"


def _card(condition: Condition) -> str:
    if condition.given == Given.SUIT:
        return Suit(condition.arg).name.title().removesuffix("s")
    if condition.given == Given.RANKS:
        return rank_names(condition.arg)
    return _CARD[condition.given]


def rank_names(ranks: int) -> str:
    """A set of ranks (bit n is rank n) in words, for example ``2, 3 or Ace``."""
    names = [_RANK_NAMES.get(rank, str(rank)) for rank in range(2, 15) if ranks >> rank & 1]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _chance(rule: Rule, verb: str) -> str:
    return f"has a chance of 1 in {rule.odds} to {verb[:-1]}" if rule.odds else verb


def _given(effect: Effect) -> str:
    if effect.then == Then.CARD_BONUS:
        return f"+{number_text(effect.amount)} Chips for good"
    if effect.per == Per.RANDOM_0_23:
        return "+0 to +23 Mult at random"
    shown = amount_text(effect.then, effect.amount)
    if effect.base:
        shown = f"{amount_text(effect.then, effect.base)} and X{number_text(effect.amount)} more"
    return shown if effect.per in (Per.ONE, Per.VALUE) else f"{shown} for every {_PER[effect.per]}"


def _hand(rule: Rule) -> str:
    """What a joker does once for a hand, or at another moment that is no card's."""
    effect = rule.effect
    if effect.then == Then.LEVEL_UP:
        chance = f"has a chance of 1 in {rule.odds} to gain" if rule.odds else "gains"
        return f"the played poker hand {chance} {int(effect.amount)} level before it scores"
    if effect.then == Then.SELL_VALUE:
        return f"gains ${int(effect.amount)} of sell value at the end of the round"
    if rule.when == When.HAND_REFUSED:
        return _LEAD[rule.when]
    return " ".join(filter(None, [_given(effect), _moment(rule), _if(rule.condition)]))


def _moment(rule: Rule) -> str:
    return _LEAD[When.PAYOUT] if rule.when == When.PAYOUT else ""


def _if(condition: Condition) -> str:
    arg = condition.arg
    match condition.given:
        case Given.ALWAYS:
            return ""
        case Given.CONTAINS:
            return f"if the hand contains {article(HANDS[arg].name)}"
        case Given.CARDS_AT_MOST:
            return f"if the hand has {arg} or fewer cards"
        case Given.ENHANCED_DECK:
            return f"if at least {arg} cards of the full deck are enhanced"
        case Given.FACES_AT_LEAST:
            return f"if {arg} or more face cards are discarded at once"
    return _PLAIN_IF[condition.given]


_PLAIN_IF = {
    Given.NO_DISCARDS_LEFT: "if no discards are left",
    Given.LAST_HAND: "on the round's last hand",
    Given.PLAYED_THIS_ROUND: "if the poker hand was played in this round before",
    Given.HELD_ALL_BLACK: "if all cards held in hand are Spades or Clubs",
    Given.ALL_SUITS: "if a Diamond, a Club, a Heart and a Spade score",
    Given.CLUB_AND_OTHER: "if a Club and a card of another suit score",
    Given.EVERY_SIXTH: "on every sixth hand played",
    Given.LISTED_HAND: "if the poker hand is the one on its list",
    Given.BOSS_TRIGGERED: "if the hand triggers the boss blind's ability",
}
