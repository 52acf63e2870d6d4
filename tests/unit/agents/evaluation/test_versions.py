"""Versions of players: a player that chooses otherwise has another one."""

from dataclasses import replace

import pytest

from jimbot_stream.agents.evaluation import versions
from jimbot_stream.agents.evaluation.panel import Panel, evaluate
from jimbot_stream.agents.evaluation.players import BASELINES, NetworkPlayer
from jimbot_stream.agents.evaluation.record import Subject, digest, facts, id_of, started
from jimbot_stream.agents.evaluation.versions import version_of
from jimbot_stream.balatro.lookahead.weights import Weights
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.contracts import EvaluationStarted
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal
from jimbot_stream.eventlog.naming import evaluation_stream
from jimbot_stream.replay.replayer import Replayer
from jimbot_stream.replay.verdict import Divergence
from tests.support.policies import following

SMALL = Panel(games=3, most_steps=14)
PLAYED = {
    "random-1": "2e4579c80c5d325f",
    "greedy-1": "5176f1ac2d5c9172",
    "heuristic-2": "85f24f4665fa83d7",
    "lookahead-1/57305a83": "c18684230152225a",
    "argmax-2": "5a5de4a89157c4dd",
}
"""What each version plays of the panel: where this fails, a player chooses otherwise than before,
and its version must be raised."""
WALKER = {"play": 1.0, "rearrange_jokers": 2.0, "buy_card": 1.5, "next_round": 0.5, "cash_out": 0.5}


@pytest.mark.parametrize("name", [*BASELINES, ""])
def test_what_every_version_plays(name: str) -> None:
    player = BASELINES[name]() if name else NetworkPlayer(following(WALKER, seed=0))
    version = version_of(name, drawn=False)
    assert PLAYED[version] == digest(evaluate(player, SMALL))[:16]


def test_a_draw_has_no_version_and_a_baseline_has_one_either_way() -> None:
    assert not version_of("", drawn=True)
    assert version_of("rule", drawn=True) == version_of("rule", drawn=False)


def test_other_numbers_make_another_search(monkeypatch: pytest.MonkeyPatch) -> None:
    before = started(Subject(player="lookahead"), SMALL, drawn=False)
    monkeypatch.setattr(versions, "Weights", lambda: replace(Weights(), dollar=0.5))
    after = started(Subject(player="lookahead"), SMALL, drawn=False)
    assert before.player_version != after.player_version
    assert before.evaluation_id != after.evaluation_id


def test_records_that_told_no_version_keep_their_id() -> None:
    drawn = started(Subject("ab" * 32), SMALL, drawn=True, rules_version="1")
    assert drawn.player_version == ""
    assert drawn.evaluation_id == "87d0a11f87e0435ddd8cdd741ee86453"


async def test_an_evaluation_by_another_version_is_told_as_such(
    log: EventLog, blobs: BlobStore
) -> None:
    """And not as games that came out otherwise; the new one stands beside it."""
    what = started(Subject(player="greedy"), SMALL, drawn=False)
    what.player_version = ""
    what.evaluation_id = id_of(what)
    journal = StreamJournal(log, evaluation_stream(what.evaluation_id))
    results = evaluate(BASELINES["rule"](), SMALL)
    await journal.append(
        [Entry(type(fact).__name__, to_json(fact), "one") for fact in facts(what, results)]
    )
    verdicts = [verdict async for verdict in Replayer(log, blobs).verify()]
    (found,) = [verdict for verdict in verdicts if isinstance(verdict, Divergence)]
    assert (found.field, found.cause, found.expected) == ("player_version", "policy", "greedy-1")
    assert "evaluate again" in found.why
    now: EvaluationStarted = started(Subject(player="greedy"), SMALL, drawn=False)
    assert now.evaluation_id != what.evaluation_id
