"""What is in service: one stack, told by a stream that several may write."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.contracts import CheckpointPromoted, CheckpointRefused, CheckpointRolledBack
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.promotion import InService, PromotionError, stand_after


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EmbeddedLog]:
    async with EmbeddedLog(tmp_path / "events.sqlite") as opened:
        yield opened


def promoted(name: str, by: str = "me") -> CheckpointPromoted:
    return CheckpointPromoted(checkpoint=name, by=by)


async def test_nothing_is_in_service_at_first(log: EmbeddedLog) -> None:
    service = await InService.open(log)
    assert (service.checkpoint, service.by, service.stack) == ("", "", [])
    with pytest.raises(PromotionError, match="jimbot-learn promote"):
        await service.roll_back("", "", "me")


async def test_a_promotion_names_what_it_replaces_and_is_told_once(log: EmbeddedLog) -> None:
    service = await InService.open(log)
    assert len(await service.promote(promoted("a"))) == 1
    assert len(await service.promote(promoted("b", "you"))) == 1
    assert await service.promote(promoted("b")) == []
    assert [told.replaced for told in service.all(CheckpointPromoted)] == ["", "a"]
    read = await InService.open(log)
    assert (read.checkpoint, read.by, read.stack) == ("b", "you", ["a", "b"])


async def test_a_roll_back_goes_one_back_or_to_the_one_named(log: EmbeddedLog) -> None:
    service = await InService.open(log)
    for name in "abcd":
        await service.promote(promoted(name))
    await service.roll_back("", "odd", "me")
    assert (service.checkpoint, service.stack) == ("c", ["a", "b", "c"])
    assert await service.roll_back("c", "again", "me") == []
    await service.roll_back("a", "odder", "you")
    assert (service.checkpoint, service.by, service.stack) == ("a", "you", ["a"])
    told = [(back.checkpoint, back.withdrawn) for back in service.all(CheckpointRolledBack)]
    assert told == [("c", "d"), ("a", "c")]
    with pytest.raises(PromotionError, match="not among the checkpoints that were in service"):
        await service.roll_back("d", "", "me")


async def test_the_same_change_can_be_made_twice(log: EmbeddedLog) -> None:
    service = await InService.open(log)
    await service.promote(promoted("a"))
    for _ in range(2):
        await service.promote(promoted("b"))
        await service.roll_back("", "odd", "me")
    assert service.stack == ["a"]
    assert len((await InService.open(log)).events) == 5


async def test_somebody_quicker_is_read_and_the_change_thought_over(log: EmbeddedLog) -> None:
    one, other = await InService.open(log), await InService.open(log)
    await one.promote(promoted("a"))
    assert len(await other.promote(promoted("b"), lambda decides: decides == "a")) == 1
    assert await one.promote(promoted("c"), lambda decides: decides == "a") == []
    assert (await InService.open(log)).stack == ["a", "b"]


async def test_a_refusal_is_told_once_and_changes_nothing(log: EmbeddedLog) -> None:
    service = await InService.open(log)
    await service.promote(promoted("a"))
    what = CheckpointRefused(checkpoint="b", incumbent="a", p_value=0.01)
    assert len(await service.refuse(what)) == 1
    assert await service.refuse(what) == []
    assert service.stack == ["a"]


@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(0, 5)), max_size=30))
def test_whatever_happens_what_decides_was_promoted_and_not_taken_off(
    changes: list[tuple[str, int]],
) -> None:
    stack: list[str] = []
    ever: set[str] = set()
    for what, number in changes:
        name = f"c{number}"
        if what == "+":
            stack = stand_after(stack, promoted(name))
            ever.add(name)
            assert stack[-1] == name
        else:
            before = stack
            stack = stand_after(stack, CheckpointRolledBack(checkpoint=name))
            assert stack == before[: len(stack)]
            assert stack == before or stack[-1] == name
    assert set(stack) <= ever
