"""Questions to histories that were recorded once, by rules of today and of before."""

import gzip
from pathlib import Path

import orjson
import pytest

from jimbot_stream.balatro import RULES_VERSION
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.lineage.addressing import subject_of
from jimbot_stream.replay.lineage.index import read_index
from jimbot_stream.replay.lineage.tracing import trace
from jimbot_stream.replay.policies import Policies
from jimbot_stream.replay.whatif.comparison import Question, compare_games
from jimbot_stream.replay.whatif.players import player_named, recorded

HISTORIES = Path(__file__).parent / "histories"
RECORDED_RULES = "1.0.1o/1"


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    store = BlobStore(tmp_path)
    for packed in HISTORIES.glob("*.gz"):
        store.put(gzip.decompress(packed.read_bytes()))
    return Policies(store)


@pytest.mark.skipif(RULES_VERSION != RECORDED_RULES, reason="other rules")
async def test_whoever_decided_would_decide_the_same_again(policies: Policies) -> None:
    history = Bundle.load(HISTORIES / "rules-1.jsonl")

    found = await compare_games(history, policies, Question(recorded(policies)))

    made = sum(event.type == "DecisionMade" for event in history.events)
    assert found.tally.whole.agreed == found.tally.whole.decisions > 0
    assert found.tally.whole.decisions + found.tally.unanswered == made  # the rest by rule
    assert found.tally.whole.variation == 0.0


async def test_games_of_older_rules_are_left_out_by_name(policies: Policies) -> None:
    history = Bundle.load(HISTORIES / "first-storey-1.jsonl")

    found = await compare_games(history, policies, Question(player_named("rule")))

    assert found.tally.whole.decisions == 0
    assert found.tally.left_out == {"decided under the rules 1.0.1o/first-storey/1": 1}
    assert not found.support.enough


@pytest.mark.parametrize("name", ["rules-1.jsonl", "first-storey-1.jsonl"])
async def test_the_origins_of_a_decision_are_told_whatever_the_rules(name: str) -> None:
    history = Bundle.load(HISTORIES / name)
    graph = (await read_index(history)).graph
    made = next(
        event
        for event in history.events
        if event.type == "DecisionMade" and orjson.loads(event.data).get("checkpoint")
    )
    subject = await subject_of(history, graph, f"{made.revision}@{made.stream}")

    reached = trace(graph, subject, forwards=False).depths

    assert {node.kind for node in reached} == {"decision", "checkpoint", "rules"}
