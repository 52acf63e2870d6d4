"""Values estimated from real games: what is told, and that it follows from the record."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from jimbot_stream.agents.feed import read_game
from jimbot_stream.agents.policy import load_for_reading
from jimbot_stream.agents.rewards import progress_1
from jimbot_stream.agents.trajectory import trajectory
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import EpisodeReference
from jimbot_stream.decision.record import observe
from jimbot_stream.eventlog.embedded import EmbeddedLog
from jimbot_stream.eventlog.journal import StreamJournal
from jimbot_stream.eventlog.naming import game_stream
from jimbot_stream.replay.cli import main
from tests.support.policies import following
from tests.unit.replay.conftest import Player

GAMES = 14
GAMMA = 0.9
House = Any  # of conftest.py


def gentle() -> bytes:
    """Prefers hands that score, but a little only: it would seldom part for sure."""
    return following({"play": 1.0, "score_log": 1.0}, 1, sharpness=0.2)


async def _play(folder: Path, blobs: BlobStore, checkpoint: str) -> None:
    policy = load_for_reading(blobs.get(checkpoint))
    async with EmbeddedLog(folder / "events.sqlite", FrozenClock()) as log:
        for number in range(GAMES):
            journal = await StreamJournal.open(log, game_stream(f"g{number}"))
            await Player(journal, f"g{number}", policy).play(f"WHATIF{chr(65 + number)}", 1)


@pytest.fixture(scope="module")
def folder(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Games by the untrained checkpoint, and another checkpoint beside it."""
    folder = tmp_path_factory.mktemp("many")
    blobs = BlobStore(folder / "blobs")
    untrained = blobs.put(house.blobs.get(house.checkpoint))
    blobs.put(gentle())
    asyncio.run(_play(folder, blobs, untrained))
    return folder


def whatif(folder: Path, *arguments: str) -> str:
    name = BlobStore(folder / "blobs").put(gentle())
    told = ["whatif", "--data", str(folder), "--checkpoint", name, "--gamma", str(GAMMA)]
    result = CliRunner().invoke(main, [*told, *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


async def by_hand(folder: Path) -> list[float]:
    """Per-decision importance sampling less what was played, game by game, step by step."""
    policy = load_for_reading(gentle())
    found = []
    async with EmbeddedLog(folder / "events.sqlite", FrozenClock()) as log:
        for number in range(GAMES):
            stream = game_stream(f"g{number}")
            (last,) = [e async for e in log.read_stream(stream, backwards=True, limit=1)]
            reference = EpisodeReference(game_id=f"g{number}", last_revision=last.revision)
            weight, discount, difference = 1.0, 1.0, 0.0
            for step in trajectory(await read_game(log, reference), progress_1):
                seen = observe(step.state, step.made.legal)
                logits = policy.evaluate(seen).logits.astype(np.float64)
                shares = np.where(seen.mask, np.exp(logits - logits[seen.mask].max()), 0.0)
                chance = shares[step.made.action_index] / shares.sum()
                weight *= chance / np.exp(step.made.log_prob)
                difference += discount * (weight - 1.0) * step.reward
                discount *= GAMMA
            found.append(float(difference))
    return found


async def test_the_difference_is_the_one_that_follows_from_the_record(folder: Path) -> None:
    wanted = await by_hand(folder)
    found = orjson.loads(await asyncio.to_thread(whatif, folder, "--json"))

    first, *others = found["estimates"]
    assert first["estimator"] == "per-decision importance sampling"
    assert first["difference"] == pytest.approx(np.mean(wanted), abs=1e-9)
    spread = 2.160368656 * np.std(wanted, ddof=1) / np.sqrt(GAMES)  # Student, 13 degrees
    assert first["high"] - first["difference"] == pytest.approx(spread)
    assert len(others) == 3
    for each in found["estimates"]:
        assert each["low"] <= each["difference"] <= each["high"]
    assert found["support"]["enough"] is True
    assert 10 <= found["support"]["effective_games"] < GAMES


def test_tables_tell_it_and_how_far_the_games_carry_it(folder: Path) -> None:
    told = " ".join(whatif(folder).split())

    assert "Value of" in told
    assert "doubly robust" in told
    assert "No value is estimated" not in told
    assert f"games weighed {GAMES}," in told


def test_who_is_surer_is_refused_for_whole_games(folder: Path) -> None:
    """The same games, asked about a policy that they cannot tell of."""
    told = CliRunner().invoke(main, ["whatif", "--data", str(folder), "--player", "greedy"]).output

    assert "No value is estimated, support is too thin" in told
    assert "Value of" not in told


def test_equal_questions_give_equal_answers(folder: Path) -> None:
    assert whatif(folder, "--json") == whatif(folder, "--json")
