"""``jimbot-balatro`` as it is called."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jimbot_stream.balatro import playing
from jimbot_stream.balatro.actions import Verb, pack
from jimbot_stream.balatro.cli import main
from jimbot_stream.balatro.playing import Record, Session


def balatro(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed)


def test_help_teaches_each_command() -> None:
    told = balatro("--help").output
    for command in ("seed", "cards", "explain", "play"):
        assert command in told
        assert f"jimbot-balatro {command}" in balatro(command, "--help").output


def test_cards_says_what_a_card_does() -> None:
    assert balatro("cards", "blueprint").output == (
        "Blueprint (j_blueprint): Acts as the joker to its right. [Rare, $10]\n"
    )
    assert "Two Pair" in balatro("cards", "--group", "poker").output
    assert len(balatro("cards").output.splitlines()) == 354
    missing = balatro("cards", "nobody")
    assert missing.exit_code == 1
    assert "no card is called 'nobody'" in missing.output
    elsewhere = balatro("cards", "blueprint", "--group", "tags")
    assert "no card is called 'blueprint' among the tags" in elsewhere.output


def test_a_group_of_cards_is_one_of_those_there_are() -> None:
    unknown = balatro("cards", "--group", "zz")
    assert unknown.exit_code == 2
    assert "'tarot'" in unknown.output
    assert len(balatro("cards", "--group", "Tarot").output.splitlines()) == 22


def test_explain_ends_with_the_score() -> None:
    result = balatro(
        "explain",
        *("--hand", "KH KS 5D 5C 2S", "--held", "AS"),
        *("--joker", "j_blueprint", "--joker", "j_joker+foil", "--level", "Two Pair=3"),
    )
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Two Pair, level 3"
    assert lines[-1] == "score 1,680"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--hand", "KX"), "a suit ends it"),
        (("--hand", "KH", "--joker", "nobody"), "no joker is called so"),
        (("--hand", "KH", "--level", "Pear=2"), "poker hand 'pear' is none of"),
        (("--hand", "KH", "--boss", "bl_small"), "boss 'bl_small' is none of"),
        (("--hand", "KH KH KH KH KH KH"), "more than 5 cards"),
        (("--hand", "KH", "--seed", "!"), "'!' is no seed"),
        (("--hand", "KH", "--joker", "runner=nan"), "'nan' is no number"),
        (("--hand", "KH", "--joker", "runner=1e999"), "'1e999' is no number"),
        (("--hand", "KH", "--level", f"Pair={'1' + '0' * 20}"), "a level from 1 to 1000000"),
        (("--hand", "KH", "--level", f"Pair={'1' * 5000}"), "a level from 1 to 1000000"),
        (("--hand", "KH", "--money", "1" + "0" * 23), "money 1" + "0" * 23 + " is not in"),
        (("--hand", "KH", "--hands-left", "99999999999"), "hands_left 99999999999 is not in"),
        (("--hand", "KH", "--hands-left", "0"), "hands_left 0 is not in 1..1000"),
        (("--hand", "KH", "--discards-left", "-3"), "discards_left -3 is not in 0..1000"),
    ],
)
def test_explain_says_what_is_wrong(arguments: tuple[str, ...], says: str) -> None:
    result = balatro("explain", *arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_play_is_kept_and_replayed_to_the_same_digest(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    played = balatro("play", "aleeb", "--record", str(path), typed="select\nplay 1 2\nquit\n")
    assert played.exit_code == 0, played.output
    digest = json.loads(path.read_text())["digest"]
    assert f"2 actions, digest {digest}" in played.output
    replayed = balatro("play", "--replay", str(path))
    assert replayed.exit_code == 0
    assert replayed.output.endswith(f"2 actions, digest {digest}\n")


def test_a_kept_game_is_gone_on_with_and_not_overwritten(tmp_path: Path) -> None:
    path = str(tmp_path / "game.json")
    balatro("play", "ALEEB", "--record", path, typed="select\n")
    assert "2 actions" in balatro("play", "ALEEB", "--record", path, typed="play 1\n").output
    other = balatro("play", "OOOO155", "--record", path, typed="select\n")
    assert other.exit_code == 1
    assert "keeps another game" in other.output


def test_a_replay_that_comes_out_otherwise_fails(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    balatro("play", "ALEEB", "--record", str(path), typed="select\n")
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "digest": "0" * 64}))
    result = balatro("play", "--replay", str(path))
    assert result.exit_code == 1
    assert "it came out otherwise" in result.output


def test_a_game_that_was_gone_on_with_and_cut_short_can_be_replayed(tmp_path: Path) -> None:
    """Whoever stops a game in its middle, by a signal or a crash, has what was done so far."""
    path = tmp_path / "game.json"
    balatro("play", "ALEEB", "--record", str(path), typed="select\n")
    session = Session(playing.load(path), lambda _: None, path)
    with pytest.raises(KeyboardInterrupt):
        session.play(interrupted("play 1"))
    replayed = balatro("play", "--replay", str(path))
    assert replayed.exit_code == 0, replayed.output
    assert replayed.output.endswith(f"2 actions, digest {session.run.digest()}\n")


def interrupted(*lines: str) -> Iterator[str]:
    """What is typed before Ctrl-C."""
    yield from lines
    raise KeyboardInterrupt


def test_a_replay_without_a_digest_proves_nothing_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    Record("ALEEB", actions=[pack(Verb.SELECT_BLIND)]).save(path)
    result = balatro("play", "--replay", str(path))
    assert result.exit_code == 1
    assert "keeps no digest: there is nothing to compare with" in result.output


def test_a_game_whose_record_was_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    balatro("play", "ALEEB", "--record", str(path), typed="select\n")
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "actions": []}))
    result = balatro("play", "ALEEB", "--record", str(path), typed="select\n")
    assert result.exit_code == 1
    assert f"the record says {kept['digest']}: it came out otherwise" in result.output


@pytest.mark.parametrize("option", ["--record", "--picture"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_played(
    tmp_path: Path, option: str
) -> None:
    other = "--picture" if option == "--record" else "--record"
    fine = ("play", "ALEEB", other, str(tmp_path / "a.json"))
    for path, says in ((tmp_path / "no" / "a.svg", "does not exist"), (tmp_path, "is a folder")):
        result = balatro(*fine, option, str(path), typed="select\n")
        assert result.exit_code == 2
        assert says in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "more",
    [("--deck", "red"), ("--stake", "gold"), ("--record", "x.json"), ("--endless",)],
)
def test_a_replay_takes_the_game_from_its_file(tmp_path: Path, more: tuple[str, ...]) -> None:
    path = str(tmp_path / "game.json")
    balatro("play", "ALEEB", "--record", path, typed="select\n")
    result = balatro("play", "--replay", path, *more)
    assert result.exit_code == 2
    assert f"leave {more[0]} out" in result.output


def test_a_game_may_be_shorter_or_endless(tmp_path: Path) -> None:
    path = str(tmp_path / "game.json")
    shorter = ("play", "ALEEB", "--record", path, "--win-ante", "1", "--endless")
    assert balatro(*shorter, typed="select\n").exit_code == 0
    kept = playing.load(Path(path))
    assert (kept.win_ante, kept.endless) == (1, True)
    assert "keeps another game" in balatro("play", "ALEEB", "--record", path).output
    assert balatro("play", "--replay", path).exit_code == 0


def test_the_last_state_is_drawn(tmp_path: Path) -> None:
    record, picture = str(tmp_path / "game.json"), tmp_path / "game.svg"
    balatro("play", "ALEEB", "--record", record, "--picture", str(picture), typed="select\n")
    assert picture.read_text().startswith("<svg")
    page = tmp_path / "game.html"
    balatro("play", "--replay", record, "--picture", str(page))
    assert page.read_text().startswith("<!doctype html>")


def test_play_wants_a_seed_or_a_replay(tmp_path: Path) -> None:
    assert "give a SEED to play" in balatro("play").output
    bad = balatro("play", "!", "--record", str(tmp_path / "a.json"))
    assert bad.exit_code == 2
    assert "'!' is no seed" in bad.output
