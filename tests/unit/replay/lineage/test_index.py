"""Every edge of a lineage is what an event says, and nothing that it says is missing."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.lineage.addressing import subject_of
from jimbot_stream.replay.lineage.graph import Graph, Node
from jimbot_stream.replay.lineage.index import Index, read_index
from jimbot_stream.replay.lineage.report import as_text
from jimbot_stream.replay.lineage.summary import MOST, summarised
from jimbot_stream.replay.lineage.tracing import trace
from jimbot_stream.replay.showing import AddressError
from tests.support.lineages import event, population, update

House = Any  # of conftest.py


async def graph_of(events: list[RecordedEvent]) -> Graph:
    return (await read_index(Bundle(events))).graph


def said(events: list[RecordedEvent]) -> dict[tuple[str, int], RecordedEvent]:
    return {(event.stream, event.revision): event for event in events}


def names(node: Node) -> tuple[str, ...]:
    """How an event tells of a thing: in its data, its stream or its place."""
    if node.kind in ("configuration", "environment"):
        return ("_json",)
    if node.kind == "update":
        return (f'"run_id":"{node.name.rpartition("/")[0]}"',)
    return (node.name,)


def backed(graph: Graph, events: list[RecordedEvent]) -> None:
    known = said(events)
    for edges in graph.later.values():
        for edge in edges:
            for revision in (edge.first, edge.last):
                source = known[edge.stream, revision]
                text = f"{revision}@{source.stream} {source.data.decode()}"
                if edge.relation == "after":
                    continue  # by the order of the stream: the next update
                for node in (edge.later, edge.earlier):
                    assert any(name in text for name in names(node)), (edge, text)


async def test_every_edge_is_backed_by_its_event(house: House) -> None:
    graph = await graph_of(house.events)

    backed(graph, house.events)
    assert sum(map(len, graph.later.values())) == sum(map(len, graph.earlier.values())) > 10


async def test_a_decision_leads_back_to_the_games_that_taught_its_weights(house: House) -> None:
    graph = await graph_of(house.events)
    made = next(e for e in house.events if (e.stream, e.type) == ("game-three", "DecisionMade"))
    subject = await subject_of(Bundle(house.events), graph, f"{made.revision}@game-three")

    reached = trace(graph, subject, forwards=False).depths

    checkpoint = Node("checkpoint", orjson.loads(made.data)["checkpoint"])
    assert reached[checkpoint] == 1
    assert reached[Node("update", "run/1")] == 2
    assert {node.name for node in reached if node.kind == "game"} == {"one", "two"}
    assert Node("checkpoint", house.checkpoint) in reached
    assert Node("update", "run/2") not in reached  # it came later
    assert {node.kind for node in reached} >= {"run", "configuration", "environment", "rules"}


async def test_a_game_leads_on_to_what_it_taught_and_what_that_decided(house: House) -> None:
    graph = await graph_of(house.events)

    reached = trace(graph, Node("game", "one"), forwards=True).depths

    assert {node.name for node in reached if node.kind == "update"} == {"run/1", "run/2"}
    assert Node("game", "three") in reached
    assert Node("game", "two") not in reached
    assert Node("checkpoint", house.checkpoint) not in reached


async def test_decisions_are_counted_and_located(house: House) -> None:
    graph = await graph_of(house.events)
    for game in ("one", "two", "three"):
        made = [
            e.revision
            for e in house.events
            if (e.stream, e.type) == (f"game-{game}", "DecisionMade")
        ]
        (edge,) = [e for e in graph.later[Node("game", game)] if e.relation == "decided by"]

        assert graph.facts[Node("game", game)]["decisions"] == edge.events == len(made)
        assert (edge.first, edge.last) == (made[0], made[-1])


async def test_an_exchange_is_an_origin_of_what_came_after_it_alone() -> None:
    events = population()
    graph = await graph_of(events)

    before = trace(graph, Node("checkpoint", "b" * 63 + "1"), forwards=False).depths
    after = trace(graph, Node("checkpoint", "b" * 63 + "2"), forwards=False).depths

    assert not any(node.kind == "exchange" for node in before)
    assert any(node.kind == "exchange" for node in after)
    assert Node("run", "strong") in after
    assert Node("run", "strong") not in before
    backed(graph, events)


async def test_what_was_given_up_is_told_and_not_followed() -> None:
    graph = await graph_of(population())
    reached = trace(graph, Node("checkpoint", "b" * 63 + "2"), forwards=False)

    given_up = Node("checkpoint", "b" * 63 + "1")
    assert given_up in reached.depths
    assert not any(edge.later == given_up for edge in reached.edges)


async def test_evaluations_promotions_and_offline_runs_come_of_a_checkpoint() -> None:
    events = population()
    graph = await graph_of(events)

    reached = trace(graph, Node("checkpoint", "a" * 63 + "1"), forwards=True).depths

    kinds = {node.kind for node in reached}
    assert {"evaluation", "service change", "run", "exchange", "rejection"} <= kinds
    assert Node("run", "heir") in reached  # begun from it
    promotion = next(node for node in reached if node.kind == "service change")
    assert promotion.name == "0@service-policy"


async def test_a_game_that_was_left_out_says_so_and_taught_nothing() -> None:
    graph = await graph_of(population())

    reached = trace(graph, Node("game", "torn"), forwards=True).depths

    assert [node.kind for node in reached] == ["game", "exclusion"]


async def test_long_lists_are_drawn_together_and_nothing_is_lost() -> None:
    many = 40
    events = [event("trainingRun-long", n, update("long", n + 1, games=3)) for n in range(many)]
    graph = await graph_of(events)
    last = Node("checkpoint", f"{many:064x}")
    traced = trace(graph, last, forwards=False)

    short, whole = summarised(graph, traced), summarised(graph, traced, everything=True)

    assert len(short.groups) < 20 < len(whole.groups)
    for found in (short, whole):
        members = [node for group in found.groups for node in group.members]
        assert sorted(members) == sorted(traced.depths)
        assert sum(link.edges for link in found.links) == len(traced.edges)
    lines = list(as_text(short))
    assert any("learned from 3 of the games 120 of long" in line for line in lines), lines
    games = next(group for group in short.groups if group.kind == "game")
    assert games.name.startswith(f"{3 * many} of long: ")
    updates = next(group for group in short.groups if len(group.members) > MOST)
    assert updates.kind in ("update", "checkpoint", "game")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("game-one", Node("game", "one")),
        ("one", Node("game", "one")),
        ("run", Node("run", "run")),
        ("trainingRun-run", Node("run", "run")),
        ("run/2", Node("update", "run/2")),
    ],
)
async def test_addresses_that_people_type(house: House, text: str, wanted: Node) -> None:
    assert await subject_of(Bundle(house.events), await graph_of(house.events), text) == wanted


async def test_the_first_letters_of_a_checkpoint_are_enough(house: House) -> None:
    graph = await graph_of(house.events)
    wanted = Node("checkpoint", house.checkpoint)

    for text in (house.checkpoint[:10], house.checkpoint):
        assert await subject_of(Bundle(house.events), graph, text) == wanted


@pytest.mark.parametrize("text", ["0@game-one", "999@game-one", "nobody", "ffffffffff", "x@y"])
async def test_what_is_nowhere_is_refused(house: House, text: str) -> None:
    with pytest.raises(AddressError):
        await subject_of(Bundle(house.events), await graph_of(house.events), text)


@given(st.binary(max_size=60), st.sampled_from(["DecisionMade", "RunStarted", "UpdateApplied"]))
def test_damaged_events_are_counted_and_stop_nothing(data: bytes, kind: str) -> None:
    index = Index()
    stream = "game-x" if kind == "DecisionMade" else "trainingRun-x"
    index.take(event(stream, 0, update("x", 1, games=0), kind=kind, data=data))

    index.close()

    assert index.unreadable <= 1
