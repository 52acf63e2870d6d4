"""``jimbot-balatro`` as it is called."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jimbot_stream.balatro.cli import main


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
        (("--hand", "KH", "--seed", "!"), "is not one of"),
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
    assert "the run came out otherwise" in result.output


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
    assert bad.exit_code == 1
    assert "is not one of" in bad.output
