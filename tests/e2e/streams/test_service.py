"""Which checkpoint decides: what the log says is in service, at the start and from then on."""

from typing import Any

import pytest

from jimbot_stream.contracts import Event, EventType
from jimbot_stream.promotion import InService
from jimbot_stream.streams import topics


async def asked(world: Any, player: Any) -> str:
    """The checkpoint that decides the next request of a game."""
    reply = await world.ask(player.request())
    await world.send(topics.GAME_STATE, player.applied(reply))
    checkpoint: str = reply.checkpoint
    return checkpoint


async def test_a_roll_back_takes_effect_between_two_decisions(world: Any, make_player: Any) -> None:
    older, newer = world.blobs.put(b"older"), world.blobs.put(b"newer")
    await world.promote(older)
    player = make_player("g1")
    async with world.worker() as service:
        await world.send(topics.GAME_LIFECYCLE, player.started())
        assert await asked(world, player) == older
        await world.promote(newer)
        await world.until(lambda: service.health()["checkpoint"] == newer)
        assert await asked(world, player) == newer
        there = await InService.open(world.log)
        await world.announce(there, await there.roll_back("", "looks odd", "somebody"))
        await world.until(lambda: service.health()["checkpoint"] == older)
        assert await asked(world, player) == older
        await world.announce(there, there.events[1:2])  # the promotion, told once more
        newest = world.blobs.put(b"newest")
        await world.promote(newest)
        await world.until(lambda: service.health()["checkpoint"] == newest)
        assert service.metrics.value("checkpoints_taken") == 3  # the late one changed nothing


async def test_a_worker_that_starts_again_takes_what_is_in_service_not_what_is_newest(
    world: Any, make_player: Any
) -> None:
    promoted, saved = world.blobs.put(b"promoted"), world.blobs.put(b"saved")
    await world.promote(promoted)
    player = make_player("g1")
    async with world.worker() as service:
        announced = Event(
            checkpoint_saved={"checkpoint": saved}, type=EventType.EVENT_TYPE_CHECKPOINT_SAVED
        )
        await world.send(topics.CHECKPOINT, announced, source="run")
        await world.send(topics.GAME_LIFECYCLE, player.started())
        assert await asked(world, player) == promoted
        assert not service.metrics.value("checkpoints_taken")
    async with world.worker():
        assert await asked(world, player) == promoted


async def test_where_the_promoted_one_cannot_be_used_the_one_before_decides(
    world: Any, make_player: Any, caplog: pytest.LogCaptureFixture
) -> None:
    usable = world.blobs.put(b"usable")
    await world.promote(usable)
    await world.promote("ab" * 32)
    player = make_player("g1")
    async with world.worker():
        await world.send(topics.GAME_LIFECYCLE, player.started())
        assert await asked(world, player) == usable
    assert "it was promoted and cannot be used; the one before goes on" in caplog.text


async def test_one_that_cannot_be_used_is_told_and_the_one_in_service_stays(
    world: Any, make_player: Any
) -> None:
    usable = world.blobs.put(b"usable")
    await world.promote(usable)
    player = make_player("g1")
    async with world.worker():
        await world.send(topics.GAME_LIFECYCLE, player.started())
        await world.promote("ab" * 32)
        await world.until(lambda: world.rejected)
        assert world.rejected[0].reason == "unknown_checkpoint"
        assert await asked(world, player) == usable
