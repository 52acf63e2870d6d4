"""A person plays by typing; what was done can be done again to the same bits."""

from pathlib import Path

import pytest

from jimbot_stream.balatro import RULES_VERSION, commands, playing, wire
from jimbot_stream.balatro.actions import Verb, pack
from jimbot_stream.balatro.commands import CommandError
from jimbot_stream.balatro.engine import Run, new_run
from jimbot_stream.balatro.playing import Record, RecordError, Session

LINES = ["select", "play 1 2", "why", "discard 3 4 5", "nonsense", "play 1 2 3 4 5 6", "quit"]


@pytest.fixture
def said() -> list[str]:
    return []


def session(said: list[str], record: Record | None = None, keep: Path | None = None) -> Session:
    return Session(record or Record("ALEEB"), said.append, keep)


def typed(text: str, run: Run) -> int:
    state = wire.state_message(run)
    return commands.parse(text, state, wire.legal_messages(state))


@pytest.fixture
def in_hand() -> Run:
    run = new_run("ALEEB")
    run.step(pack(Verb.SELECT_BLIND))
    return run


def test_what_is_typed_is_done_and_kept(said: list[str], tmp_path: Path) -> None:
    at = session(said, keep=tmp_path / "a.json")
    at.play(LINES)
    assert at.record.actions == [
        pack(Verb.SELECT_BLIND),
        pack(Verb.PLAY, (0, 1)),
        pack(Verb.DISCARD, (2, 3, 4)),
    ]
    kept = playing.load(tmp_path / "a.json")
    assert kept == at.record
    assert kept.again().digest() == at.run.digest() == kept.digest


def test_every_state_is_shown_with_what_may_be_done(said: list[str]) -> None:
    session(said).play(LINES)
    text = "\n".join(said)
    assert "select                   300 chips for $3" in text
    assert "play CARDS               1 to 5 cards of 8" in text
    assert "poker hand" in text  # why
    assert "'nonsense' is no command; type help" in text
    assert "it names more than 5 cards" in text


def test_a_kept_game_goes_on(said: list[str], tmp_path: Path) -> None:
    whole = session(said)
    whole.play(LINES)
    first = session(said, keep=tmp_path / "a.json")
    first.play(LINES[:2])
    again = session(said, playing.load(tmp_path / "a.json"))
    again.play(LINES[3:])
    assert again.run.digest() == whole.run.digest()


def test_help_and_rules(said: list[str]) -> None:
    session(said).play(["help", "cards blueprint", "cards nobody", "why", "state", ""])
    text = "\n".join(said)
    assert playing.HELP in text
    assert "Blueprint (j_blueprint): Acts as the joker to its right." in text
    assert "no card is called so" in text
    assert "no hand was played yet" in text


def test_a_lost_run_ends_the_session(said: list[str]) -> None:
    at = session(said)
    at.play(["select", *["play 1"] * 4, "state"])
    assert at.run.over
    assert said[-1].endswith("\nlost")


def test_cards_may_be_named(in_hand: Run) -> None:
    hand = wire.state_message(in_hand).hand
    assert (hand[0].rank, hand[0].suit) == (10, 1)
    for name in ("TC", "10c", "t♣", "1"):
        assert typed(f"play {name}", in_hand) == pack(Verb.PLAY, (0,))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("play 9", "'9' is no card of the hand"),
        ("play AS", "'as' is no card of the hand"),
        ("play 1 1", "a card is named twice"),
        ("buy", "buy takes N, counted from 1"),
        ("move card 1", "move card takes N TO"),
        ("next 3", "next takes nothing"),
        ("dance", "'dance' is no command"),
    ],
)
def test_what_is_no_command_is_told_what_would_be(in_hand: Run, text: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        typed(text, in_hand)


def test_longer_words_win_and_positions_count_from_one(in_hand: Run) -> None:
    assert typed("move card 1 8", in_hand) == pack(Verb.REARRANGE_HAND, (), 0, 7)
    assert typed("buy and use 2 1 3", in_hand) == pack(Verb.BUY_AND_USE, (0, 2), 1)
    assert typed("sell joker 3", in_hand) == pack(Verb.SELL_JOKER, (), 2)


@pytest.mark.parametrize(
    "action",
    [
        pack(Verb.PLAY, (0, 4)),
        pack(Verb.BUY_AND_USE, (0,), 1),
        pack(Verb.REARRANGE_HAND, (), 3, 1),
        pack(Verb.CASH_OUT),
    ],
)
def test_an_action_is_told_as_it_would_be_typed(in_hand: Run, action: int) -> None:
    assert typed(commands.action_text(wire.action_message(action)), in_hand) == action


def test_a_record_of_other_rules_or_without_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=f"these are {RULES_VERSION}"):
        Record("ALEEB", rules_version="0").again()
    with pytest.raises(RecordError, match="action 0 is refused"):
        Record("ALEEB", actions=[pack(Verb.CASH_OUT)]).again()
    path = tmp_path / "a.json"
    for text, says in (("no", "Expecting"), ("{}", "has the fields"), ("[]", "has the fields")):
        path.write_text(text)
        with pytest.raises(RecordError, match=says):
            playing.load(path)
    Record("ALEEB", stake="white").save(path)  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="not of its type"):
        playing.load(path)
