from typing import Any

from jimbot_stream.contracts import DecisionMade
from jimbot_stream.contracts.json_codec import from_json
from jimbot_stream.streams import topics
from jimbot_stream.streams.episode import Episode, rebuild


async def test_a_game_goes_from_the_bus_to_the_log_and_back(
    world: Any, make_player: Any, play_game: Any
) -> None:
    async with world.worker() as service:
        player = make_player("g1")
        replies = await play_game(player)
        await world.until(lambda: world.closed)
        row = await world.row(service, "g1")
    events = await world.stream("g1")
    made = {e.revision: from_json(DecisionMade, e.data) for e in events if e.type == "DecisionMade"}
    assert [int(reply.decision.partition("@")[0]) for reply in replies] == list(made)
    assert [reply.action for reply in replies] == [decision.action for decision in made.values()]
    rebuilt = (await rebuild(world.log))["g1"]
    assert Episode.from_row(rebuilt.to_row()).to_row() == rebuilt.to_row()
    assert row["decisions"] == len(replies)
    assert (row["ended"], row["last_revision"]) == (True, len(events) - 1)
    assert world.closed == [rebuilt.closed()]
    assert world.rejected == []


async def test_a_request_sent_twice_has_one_decision_and_two_equal_answers(
    world: Any, make_player: Any
) -> None:
    async with world.worker():
        player = make_player("g1")
        await world.send(topics.GAME_LIFECYCLE, player.started())
        request = player.request()
        first, second = await world.ask(request), await world.ask(request)
    assert first == second
    assert [e.type for e in await world.stream("g1")].count("DecisionMade") == 1


async def test_a_request_that_overtakes_its_game_start_waits_for_it(
    world: Any, make_player: Any
) -> None:
    async with world.worker() as service:
        player = make_player("g1")
        started, request = player.started(), player.request()
        await world.send(topics.DECISION_REQUEST, request)
        await world.until(lambda: service.metrics.value("events_waiting"))
        assert world.replies == {}
        await world.send(topics.GAME_LIFECYCLE, started)
        await world.until(lambda: world.replies)
    assert [e.type for e in await world.stream("g1")] == [
        "GameStarted",
        "StateObserved",
        "DecisionMade",
    ]


async def test_what_waits_is_not_lost_by_a_restart(world: Any, make_player: Any) -> None:
    player = make_player("g1")
    started, request = player.started(), player.request()
    async with world.worker() as service:
        await world.send(topics.DECISION_REQUEST, request)
        await world.until(lambda: service.metrics.value("events_waiting"))
    async with world.worker():
        await world.send(topics.GAME_LIFECYCLE, started)
        await world.until(lambda: world.replies)
    assert world.replies["g1:0"][0].error == ""


async def test_after_a_restart_the_recorded_decision_is_the_answer(
    world: Any, make_player: Any
) -> None:
    player = make_player("g1")
    async with world.worker():
        await world.send(topics.GAME_LIFECYCLE, player.started())
        request = player.request()
        first = await world.ask(request)
    async with world.worker() as service:
        assert await world.ask(request) == first
        assert service.metrics.value("decisions_policy") == 0
        row = await world.row(service, "g1")
    assert row["decisions"] == 1


async def test_an_announced_checkpoint_decides_from_the_next_request_on(
    world: Any, make_player: Any
) -> None:
    newer = world.blobs.put(b"newer")
    player = make_player("g1")
    async with world.worker() as service:
        await world.send(topics.GAME_LIFECYCLE, player.started())
        first = await world.ask(player.request())
        await world.promote(newer)
        await world.until(lambda: service.metrics.value("checkpoints_taken"))
        await world.send(topics.GAME_STATE, player.applied(first))
        second = await world.ask(player.request())
        await world.send(topics.GAME_STATE, player.applied(second))
        pinned = await world.ask(player.request(checkpoint=first.checkpoint))
    assert first.checkpoint != newer
    assert second.checkpoint == newer
    assert pinned.checkpoint == first.checkpoint


async def test_a_checkpoint_that_nobody_stored_is_an_error_and_a_dead_letter(
    world: Any, make_player: Any
) -> None:
    player = make_player("g1")
    async with world.worker():
        await world.send(topics.GAME_LIFECYCLE, player.started())
        reply = await world.ask(player.request(checkpoint="0" * 64))
        await world.until(lambda: world.rejected)
    assert reply.error.startswith("unknown_checkpoint")
    assert world.rejected[0].reason == "unknown_checkpoint"


async def test_a_source_that_starts_again_without_new_events_changes_nothing(
    world: Any, make_player: Any, play_game: Any
) -> None:
    async with world.worker():
        await play_game(make_player("g1"))
        await world.until(lambda: world.closed)
        before = await world.stream("g1")
        await play_game(make_player("g1"), source="p2")
        await world.until(lambda: len(world.closed) == 2)
    assert await world.stream("g1") == before
    assert world.closed[0] == world.closed[1]


async def test_a_worker_with_empty_tables_recovers_them_from_the_bus(
    world: Any, make_player: Any, play_game: Any
) -> None:
    async with world.worker("one") as service:
        await play_game(make_player("g1"))
        await world.until(lambda: world.closed)
        row = await world.row(service, "g1")
    async with world.worker("other") as service:
        assert await world.row(service, "g1") == row


async def test_unfinished_games_of_every_partition_outlast_a_restart(
    world: Any, make_player: Any
) -> None:
    sources = [f"s{number}" for number in range(6)]
    players = {source: make_player(source, number) for number, source in enumerate(sources)}
    async with world.worker():
        for source, player in players.items():
            await world.send(topics.GAME_LIFECYCLE, player.started(), source=source)
            assert not (await world.ask(player.request(), source)).error
    async with world.worker() as service:
        for source, player in players.items():
            applied = player.applied(world.replies[f"{source}:0"][0])
            await world.send(topics.GAME_STATE, applied, source=source)
            assert not (await world.ask(player.request(), source)).error
            assert (await world.row(service, source))["decisions"] == 2
