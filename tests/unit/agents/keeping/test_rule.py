"""Which blobs of a run must stay."""

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.keeping.rule import NEWEST, Left, Record, may_go
from jimbot_stream.contracts import (
    CheckpointsPruned,
    CurriculumAdvanced,
    PopulationExploited,
    Rollout,
    RunStarted,
    UpdateApplied,
    UpdateRejected,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.eventlog import RecordedEvent
from jimbot_stream.eventlog.naming import event_id


def name_of(text: str) -> str:
    return sha256(text.encode())


def applied(number: int, before: str = "") -> UpdateApplied:
    return UpdateApplied(
        update=number,
        checkpoint_in=before or name_of(f"checkpoint {number - 1}"),
        checkpoint_out=name_of(f"checkpoint {number}"),
        rollout=Rollout(sampler_out=name_of(f"games {number}")),
    )


def record(*messages: Message, gate_every: int = 0) -> Record:
    begun = RunStarted(run_id="run5", checkpoint=name_of("checkpoint 0"))
    events = []
    for revision, message in enumerate((begun, *messages)):
        kind, data = message.DESCRIPTOR.name, to_json(message)
        at = event_id("trainingRun-run5", kind, "", data)
        events.append(
            RecordedEvent("trainingRun-run5", revision, revision, at, kind, data, b"{}", 0)
        )
    return Record(events, gate_every)


def going(told: Record, every: int, *others: str) -> set[int]:
    """Updates of which both blobs go, or else neither."""
    names = set(may_go(told, lambda left: left.blobs, every, set(others)))
    found = {left.update for left in told.left if names.issuperset(left.blobs)}
    assert len(names) == 2 * len(found)
    return found


def test_all_but_every_so_many_and_the_newest_may_go() -> None:
    told = record(*map(applied, range(1, 10)))
    assert going(told, 1) == set()
    assert going(told, 2) == {1, 3, 5, 7}
    assert going(told, 4) == {1, 2, 3, 5, 6, 7}
    assert going(told, 100) == set(range(1, 8))
    with pytest.raises(ValueError, match="every must be 1 or more"):
        told.anchors(0)


@given(st.integers(1, 40), st.integers(0, 5))
def test_a_larger_power_of_two_keeps_no_more(updates: int, power: int) -> None:
    told = record(*map(applied, range(1, updates + 1)))
    some, more = (going(told, 2**power), going(told, 2 ** (power + 1)))
    assert some <= more
    assert not more & {left.update for left in told.left[-NEWEST:]}


@pytest.mark.parametrize(
    "change",
    [
        CurriculumAdvanced(update=3, stage=1),
        UpdateRejected(update=4, checkpoint=name_of("checkpoint 3"), cause="diverged"),
        PopulationExploited(update=3, from_checkpoint="aa", checkpoint_before="bb"),
    ],
)
def test_what_was_there_before_a_change_stays(change: Message) -> None:
    told = record(*map(applied, range(1, 4)), change, *map(applied, range(5, 9)))
    assert 3 not in going(told, 100)
    assert {1, 2, 5, 6} <= going(told, 100)


def test_what_is_named_elsewhere_stays_alone() -> None:
    told = record(*map(applied, range(1, 6)))
    second = told.left[1]
    names = set(may_go(told, lambda left: left.blobs, 100, {second.checkpoint}))
    assert second.checkpoint not in names
    assert second.sampler in names


def test_the_incumbent_of_the_gate_stays_and_so_do_weights_gone_back_to() -> None:
    rejected = UpdateRejected(
        update=4,
        checkpoint=name_of("checkpoint 2"),
        rejected=name_of("checkpoint 4"),
        cause="worse",
    )
    back = applied(5, name_of("checkpoint 2"))
    told = record(*map(applied, range(1, 5)), rejected, back, applied(6), applied(7), gate_every=2)
    names = set(may_go(told, lambda left: left.blobs, 100, set()))
    kept = {name_of(f"checkpoint {number}") for number in (0, 2, 4, 6, 7)}
    assert not names & kept
    assert name_of("checkpoint 3") in names


def test_what_went_does_not_go_twice() -> None:
    first = Left(1, name_of("checkpoint 1"), name_of("games 1"))
    told = record(*map(applied, range(1, 6)), CheckpointsPruned(update=5, blobs=first.blobs))
    assert going(told, 100) == {2, 3}
