"""A person plays by typing; what was done can be done again to the same bits."""

import json
from collections.abc import Iterator, Sequence
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
    with pytest.raises(RecordError, match="field stake must be int"):
        playing.load(path)
    Record("ALEEB", actions=[True]).save(path)
    with pytest.raises(RecordError, match="field actions must be list"):
        playing.load(path)


def test_every_save_holds_the_digest_of_what_was_done(said: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    at = session(said, keep=path)
    digests = []

    def lines() -> Iterator[str]:
        for line in ("select", "play 1", "discard 1"):
            digests.append(playing.load(path).again().digest())
            assert digests[-1] == playing.load(path).digest == at.run.digest()
            yield line

    at.play(lines())
    assert len(set(digests)) == 3


def test_a_record_that_came_out_otherwise_is_not_gone_on_with(said: list[str]) -> None:
    with pytest.raises(RecordError, match=f"the record says {'0' * 64}: it came out otherwise"):
        session(said, Record("ALEEB", digest="0" * 64))


def test_a_record_is_written_whole_or_not_at_all(
    said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    session(said, keep=path).play(LINES)
    before = path.read_text()

    def full(self: Path, text: str, encoding: str) -> None:
        with self.open("w", encoding=encoding) as file:
            file.write(text[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(RecordError, match=r"cannot be written: No space left on device"):
        session(said, playing.load(path), keep=path)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_ordinary_record_may_leave_out_when_it_is_won(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    Record("ALEEB", win_ante=8).save(path)
    told = json.loads(path.read_text())
    del told["win_ante"], told["endless"]
    path.write_text(json.dumps(told))
    assert playing.load(path) == Record("ALEEB")


def test_an_endless_game_goes_on_after_the_win(said: list[str]) -> None:
    for endless in (False, True):
        at = session(said, Record("ALEEB", win_ante=1, endless=endless))
        beat = ["select", "play 1", "cash out", "next"]
        at.play(beaten(at, [*beat, *beat, *beat[:2]]))
        assert at.run.won
        assert at.run.over is not endless


def beaten(at: Session, lines: Sequence[str]) -> Iterator[str]:
    """Lines, in rounds that any score wins."""
    for line in lines:
        at.run.state["required"] = 1.0
        yield line


def test_a_hint_is_a_command_that_auto_carries_out(said: list[str]) -> None:
    told, obeyed = session(said), session(said)
    told.play(["select", "hint"])
    obeyed.play(["select", "auto"])
    assert len(told.record.actions) == 1
    assert obeyed.record.actions == [told.record.actions[0], typed(said_hint(said), told.run)]


def said_hint(said: Sequence[str]) -> str:
    """What was said that is a command of a hand."""
    return next(text for text in said if text.startswith(("play ", "discard ")))


def test_a_game_can_be_played_by_hints_alone(said: list[str]) -> None:
    at = session(said)
    at.play(["auto"] * 40)
    assert len(at.record.actions) == 40 or at.run.over
    assert at.run.state["rounds"] > 2
