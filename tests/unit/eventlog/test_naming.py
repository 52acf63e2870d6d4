"""Names of streams and ids of events."""

import pytest

from jimbot_stream.eventlog.naming import (
    checkpoint_stream,
    event_id,
    game_stream,
    identifier,
    run_stream,
)


def test_categories_are_what_stands_before_the_first_dash() -> None:
    assert game_stream("7-of-9") == "game-7-of-9"
    assert identifier(game_stream("7-of-9")) == "7-of-9"
    assert run_stream("a") == "trainingRun-a"
    assert checkpoint_stream("0" * 64) == "checkpoint-" + "0" * 64


@pytest.mark.parametrize("bad", ["", "with space", "ünicode", "tab\t", "x" * 200])
def test_an_id_that_cannot_be_a_name_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"not a printable|longer than"):
        game_stream(bad)


@pytest.mark.parametrize("bad", ["", "0" * 63, "G" * 64, "A" * 64])
def test_a_checkpoint_is_named_by_its_sha256(bad: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        checkpoint_stream(bad)


def test_an_event_id_is_a_function_of_everything_in_it() -> None:
    base = event_id("game-1", "DecisionMade", "r1", b"{}", b"{}")
    assert base == event_id("game-1", "DecisionMade", "r1", b"{}", b"{}")
    assert base.version == 5
    others = {
        event_id("game-2", "DecisionMade", "r1", b"{}", b"{}"),
        event_id("game-1", "Other", "r1", b"{}", b"{}"),
        event_id("game-1", "DecisionMade", "r2", b"{}", b"{}"),
        event_id("game-1", "DecisionMade", "r1", b"{ }", b"{}"),
        event_id("game-1", "DecisionMade", "r1", b"{}", b"{ }"),
    }
    assert len(others | {base}) == 6
