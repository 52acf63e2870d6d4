"""Evaluations are played once, recorded game by game, and read back as they were played."""

from pathlib import Path

import numpy as np
import pytest

from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.evaluation.archive import Archive, every, first_difference, recorded
from jimbot_stream.agents.evaluation.panel import GATE, HELD_OUT, Panel, evaluate
from jimbot_stream.agents.evaluation.record import (
    CHUNK,
    EvaluationError,
    Subject,
    facts,
    id_of,
    panel_of,
    player_of,
    started,
)
from jimbot_stream.checkpoints import BlobError, BlobStore
from jimbot_stream.contracts import EvaluationStarted, GamesEvaluated
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.naming import evaluation_stream
from tests.support.policies import strong

SMALL = Panel(games=CHUNK + 2, most_steps=12)


@pytest.fixture
def what() -> EvaluationStarted:
    return started(Subject(player="greedy"), SMALL, drawn=False)


async def test_an_evaluation_is_played_once_and_read_as_it_was_played(
    log: EventLog, blobs: BlobStore, what: EvaluationStarted
) -> None:
    archive = Archive(log, blobs.get)
    heard: list[int] = []
    first = await archive.of(what, heard.append)
    assert (first.fresh, sum(heard)) == (True, what.games)
    again = await Archive(log, blobs.get).of(what, heard.append)
    assert (again.fresh, sum(heard)) == (False, what.games)
    assert again.results.tobytes() == first.results.tobytes()
    assert again.results.tobytes() == evaluate(player_of(what, blobs.get), SMALL).tobytes()
    parts = [event.type for event in again.events]
    assert parts == ["EvaluationStarted", *["GamesEvaluated"] * 2, "EvaluationCompleted"]
    assert [type(each).__name__ for each in await every(log)] == [parts[0], parts[-1]]
    once_more = await archive.again(what)
    assert once_more.fresh
    assert once_more.events == first.events


async def test_a_record_that_came_out_otherwise_is_not_overwritten(
    tmp_path: Path, blobs: BlobStore, what: EvaluationStarted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jimbot_stream.agents.evaluation import archive as module

    async with EmbeddedLog(tmp_path / "other.sqlite") as log:
        genuine = evaluate

        def other(*arguments: object) -> object:
            results = genuine(*arguments)  # type: ignore[arg-type]  # passed on
            results["beaten"][5] += 1
            return results

        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(module, "evaluate", other)
            await Archive(log, blobs.get).of(what)
        with pytest.raises(EvaluationError, match=r"in game 5, beaten was \d+ and is \d+ now"):
            await Archive(log, blobs.get).again(what)


async def test_a_stream_that_is_not_whole_is_refused(
    log: EventLog, blobs: BlobStore, what: EvaluationStarted
) -> None:
    from jimbot_stream.contracts.json_codec import to_json
    from jimbot_stream.eventlog.journal import Entry, StreamJournal

    assert await recorded(log, what.evaluation_id) is None
    journal = await StreamJournal.open(log, evaluation_stream(what.evaluation_id))
    await journal.append([Entry("EvaluationStarted", to_json(what), "x", metadata={"schema": "1"})])
    with pytest.raises(EvaluationError, match="is not whole"):
        await Archive(log, blobs.get).of(what)


async def test_a_checkpoint_that_is_not_there_is_told(log: EventLog, blobs: BlobStore) -> None:
    what = started(Subject("ab" * 32), SMALL, drawn=True)
    with pytest.raises(BlobError):
        await Archive(log, blobs.get).of(what)
    assert await recorded(log, what.evaluation_id) is None


def test_the_id_is_that_of_the_games_and_not_of_the_machine(what: EvaluationStarted) -> None:
    assert what.evaluation_id == id_of(what)
    elsewhere = EvaluationStarted()
    elsewhere.CopyFrom(what)
    elsewhere.environment_json = "{}"
    assert id_of(elsewhere) == what.evaluation_id
    others = [
        started(Subject(player="rule"), SMALL, drawn=False),
        started(Subject(player="greedy"), Panel(games=CHUNK + 3, most_steps=12), drawn=False),
        started(Subject(player="greedy"), Panel(2, CHUNK + 2, most_steps=12), drawn=False),
        started(
            Subject(player="greedy"), Panel(games=CHUNK + 2, most_steps=12, purpose=GATE),
            drawn=False,
        ),
    ]  # fmt: skip
    assert len({what.evaluation_id, *(each.evaluation_id for each in others)}) == 5


def test_only_a_checkpoint_is_told_to_draw() -> None:
    assert started(Subject("ab" * 32), SMALL, drawn=True).drawn
    assert not started(Subject(player="random"), SMALL, drawn=True).drawn


def test_purposes_have_games_of_their_own() -> None:
    held_out, gate = (Panel(1, 4, purpose=purpose).begun().games for purpose in (HELD_OUT, GATE))
    seeds = [{games.game_seed(n) for n in range(4)} for games in (held_out, gate)]
    assert not seeds[0] & seeds[1]
    with pytest.raises(ValueError, match="purpose 'fun'"):
        Panel(purpose="fun")


def test_what_is_told_is_what_is_played_again(blobs: BlobStore) -> None:
    name = blobs.put(strong())
    what = started(Subject(name), SMALL, drawn=True)
    assert name == sha256(strong())
    assert panel_of(what) == SMALL
    player = player_of(what, blobs.get)
    results = evaluate(player, SMALL)
    (_, first, second, _) = facts(what, results)
    assert isinstance(first, GamesEvaluated)
    assert isinstance(second, GamesEvaluated)
    assert (first.first, len(first.results)) == (0, CHUNK)
    assert (second.first, len(second.results)) == (CHUNK, 2)


@pytest.mark.parametrize(
    ("subject", "match"),
    [
        (Subject(), "either a checkpoint or a player"),
        (Subject("ab" * 32, "rule"), "either a checkpoint or a player"),
        (Subject(player="nobody"), "no player 'nobody'"),
    ],
)
def test_who_cannot_play_is_refused(subject: Subject, match: str, blobs: BlobStore) -> None:
    with pytest.raises(ValueError, match=match):
        player_of(started(subject, SMALL, drawn=False), blobs.get)


def test_the_first_game_that_differs_is_named() -> None:
    one = evaluate(player_of(started(Subject(player="greedy"), SMALL, drawn=False), lambda n: b""),
                   Panel(games=3, most_steps=12))  # fmt: skip
    other = np.array(one)
    assert first_difference(one, other) is None
    other["ante"][1] = 7
    assert first_difference(one, other) == (1, "ante", "1", "7")
    assert first_difference(one, one[:2]) == (2, "", "a game", "none")
