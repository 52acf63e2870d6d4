"""A score is explained step by step, and the steps lead to the score."""

import pytest

from jimbot_stream.balatro import explaining, notation, tabling
from jimbot_stream.balatro.actions import Verb, pack
from jimbot_stream.balatro.engine import new_run
from jimbot_stream.balatro.explaining import Account, ExplainError
from jimbot_stream.balatro.tabling import Table


def explained(hand: str, *jokers: str, held: str = "", **more: object) -> Account:
    table = Table(
        hand=notation.cards(hand),
        held=notation.cards(held),
        jokers=tuple(map(notation.joker, jokers)),
        **more,  # type: ignore[arg-type] # of Table
    )
    return explaining.explain(tabling.run_of(table), tabling.mask_of(table))


def told(account: Account) -> list[tuple[str, str, float, float]]:
    return [(step.cause, step.effect, step.chips, step.mult) for step in account.steps]


def test_every_card_and_joker_tells_what_it_added() -> None:
    levels = dict([notation.level("Two Pair=3")])
    account = explained("KH KS 5D 5C 2S", "j_blueprint", "j_joker+foil", held="AS", levels=levels)
    assert (account.hand, account.level, account.score) == ("Two Pair", 3, 1680)
    assert told(account) == [
        ("poker hand", "+60 Chips", 60, 4),
        ("K♥", "+10 Chips", 70, 4),
        ("K♠", "+10 Chips", 80, 4),
        ("5♦", "+5 Chips", 85, 4),
        ("5♣", "+5 Chips", 90, 4),
        ("Blueprint", "+4 Mult", 90, 8),
        ("Joker, Foil", "+50 Chips", 140, 8),
        ("Joker", "+4 Mult", 140, 12),
    ]


def test_held_cards_and_retriggers() -> None:
    account = explained("AS+glass AH+red", "mime", "baron", held="KD+steel")
    assert [step.cause for step in account.steps] == [
        "poker hand",
        "A♠ Glass Card",
        "A♠ Glass Card",
        "A♥, Red Seal",
        "A♥, Red Seal",
        "K♦ Steel Card held",
        "Baron, for K♦ Steel Card",
        "K♦ Steel Card held",
        "Baron, for K♦ Steel Card",
    ]
    assert account.score == int(account.steps[-1].chips * account.steps[-1].mult)


def test_the_deck_balances() -> None:
    account = explained("KH KS", deck="b_plasma")
    assert told(account)[-1] == ("Plasma Deck", "balanced", 16, 16)
    assert account.score == 256


def test_a_boss_that_refuses_is_named() -> None:
    account = explained("KH KS", boss="bl_psychic")
    assert (account.score, account.steps, account.refused_by) == (0, (), "The Psychic")
    assert list(explaining.lines(account))[1] == "The Psychic does not let it score"


def test_a_boss_that_refuses_is_named_also_when_a_joker_acts_on_it() -> None:
    account = explained("KH KS", "matador", "j_joker", boss="bl_psychic")
    assert (account.score, account.refused_by) == (0, "The Psychic")
    assert [step.cause for step in account.steps] == ["Matador"]
    assert list(explaining.lines(account))[-1] == "score 0, $8 earned"


def test_a_boss_that_lets_the_hand_score_is_not_named_as_refusing() -> None:
    account = explained("KH KS 5D 5C 2S", "matador", boss="bl_psychic")
    assert account.refused_by == ""
    assert account.score > 0


def test_cards_keep_their_names_when_the_hook_takes_some_away() -> None:
    account = explained("KH KS", held="AS AD AH AC 2C", boss="bl_hook")
    assert [step.cause for step in account.steps] == ["poker hand", "K♥", "K♠"]


def test_money_is_told_beside_the_score() -> None:
    account = explained("KD KS+goldseal", "rough gem")
    assert account.dollars == 4
    assert list(explaining.lines(account))[-1] == "score 60, $4 earned"


def test_what_a_joker_has_grown_to_counts() -> None:
    assert explained("KH", "runner=45").score == 60


def test_the_run_is_untouched() -> None:
    run = new_run("ALEEB")
    run.step(pack(Verb.SELECT_BLIND))
    before = run.digest()
    account = explaining.explain(run, 0b11)
    assert run.digest() == before
    run.step(pack(Verb.PLAY, (0, 1)))
    assert float(run.state["chips"]) == account.score


def test_what_cannot_be_played_is_refused() -> None:
    run = new_run("ALEEB")
    with pytest.raises(ExplainError, match="not in this phase"):
        explaining.explain(run, 1)
    run.step(pack(Verb.SELECT_BLIND))
    with pytest.raises(ExplainError, match="it names no card"):
        explaining.explain(run, 0)


def test_a_table_that_no_run_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="a hand holds 24 cards, not 25"):
        explained("KH " * 25)
    with pytest.raises(ValueError, match="boss 'bl_small' is none of bl_hook"):
        explained("KH", boss="bl_small")
