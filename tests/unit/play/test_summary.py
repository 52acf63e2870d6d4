"""The end of a run: the last line, and the exit code."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from jimbot_stream.contracts import Action, ActionVerb, DecisionReply
from jimbot_stream.play.desk import Answer
from jimbot_stream.play.plan import GamePlan
from jimbot_stream.play.summary import Summary, show
from jimbot_stream.play.tally import GameResult, Tally
from jimbot_stream.play.verification import Verified
from jimbot_stream.replay.seals.note import Note


def played(position: int) -> Action:
    return Action(verb=ActionVerb.ACTION_VERB_PLAY, cards=[position])


GOOD = Verified(3, 3, 1, 1, "all identical", 0, 1.0)


@pytest.fixture
def tally() -> Tally:
    tally = Tally(1, updates_planned=1, updates=1)
    plan = GamePlan("run7-00000", "ABCD1234", 7, 0)
    for number in range(3):
        reply = DecisionReply(action=played(number))
        tally.decision(plan, number, Answer(reply, 0.01, 0.001))
    tally.game(GameResult(plan, "c" * 64, True, 3, 9, 500.0, 3))
    return tally


def printed(summary: Summary) -> list[str]:
    text = io.StringIO()
    show(summary, Console(file=text, width=100))
    return text.getvalue().splitlines()


def test_the_last_line_says_how_many_were_identical(tally: Tally) -> None:
    lines = printed(Summary(tally, GOOD, 10, 1.0))
    assert lines[-1] == ("3 of 3 decisions and 1 of 1 updates were repeated and found identical")


def test_a_run_that_is_verified_whole_ends_with_zero(tally: Tally) -> None:
    assert Summary(tally, GOOD, 10, 1.0).exit_code == 0


@pytest.mark.parametrize(
    "verified",
    [
        replace(GOOD, decisions_identical=2),
        replace(GOOD, updates_identical=0),
        replace(GOOD, exit_code=1),
        replace(GOOD, exit_code=3),
        replace(GOOD, decisions=2, decisions_identical=2),
        replace(GOOD, decisions=4, decisions_identical=4),
        replace(GOOD, updates=0, updates_identical=0),
        Verified(0, 0, 0, 0, "nothing", 2, 1.0),
    ],
    ids=[
        "a decision differs",
        "an update differs",
        "divergence elsewhere",
        "within tolerance only",
        "a decision is missing",
        "a decision too many",
        "an update is missing",
        "nothing verified",
    ],
)
def test_anything_less_ends_otherwise(tally: Tally, verified: Verified) -> None:
    assert Summary(tally, verified, 10, 1.0).exit_code == 1


def test_a_discrepancy_is_printed_and_ends_otherwise(tally: Tally) -> None:
    summary = Summary(tally, GOOD, 10, 1.0, ["game x was played, but is not closed"])
    assert summary.exit_code == 1
    assert "game x was played, but is not closed" in printed(summary)


def test_the_digest_depends_on_every_action_but_not_on_their_order(tally: Tally) -> None:
    plan = tally.results[0].plan
    other = Tally(1)
    for number in (2, 0, 1):
        reply = DecisionReply(action=played(number))
        other.decision(plan, number, Answer(reply, 0.5, 0.5))
    assert other.digest() == tally.digest()
    other.decision(
        plan,
        1,
        Answer(
            DecisionReply(action=played(9)),
            0.5,
            0.5,
        ),
    )
    assert other.digest() != tally.digest()


def test_the_root_of_the_seal_is_told(tally: Tally) -> None:
    text = " ".join(printed(Summary(tally, GOOD, 10, 1.0, [], Note("log", 1234, b"\x5a" * 32))))
    assert "1,234 events under 5a5a5a5a5a5a" in text
