"""``jimbot-learn curve``: from the log to a terminal, a file and a page."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientSession
from rich.console import Console

from jimbot_stream import live
from jimbot_stream.agents.curves import command
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.agents.rollouts.config import ALGORITHM, RolloutConfig, TrainConfig
from jimbot_stream.agents.rollouts.training import Training
from jimbot_stream.agents.training_run import TrainingRun
from jimbot_stream.charting.chart import Chart
from jimbot_stream.checkpoints import BlobStore
from jimbot_stream.clock import FrozenClock
from jimbot_stream.contracts import (
    Estimate,
    EvaluationCompleted,
    EvaluationStarted,
)
from jimbot_stream.contracts.json_codec import to_json
from jimbot_stream.contracts.upcast import SCHEMA_VERSIONS
from jimbot_stream.eventlog import EventLog
from jimbot_stream.eventlog.journal import Entry, StreamJournal

CONFIG = TrainConfig(RolloutConfig(games=4, steps=3, rounds=2), UpdateConfig(epochs=1))


async def learned(run: TrainingRun, updates: int) -> None:
    await Training(run, FrozenClock()).train(
        lambda: run.update >= updates, lambda steps: None, lambda done: None
    )


@pytest.fixture
async def run(log: EventLog, blobs: BlobStore) -> TrainingRun:
    begun = await TrainingRun.begin(log, blobs, 1, CONFIG, ALGORITHM)
    await learned(begun, 2)
    return begun


async def test_a_recorded_run_is_drawn(log: EventLog, run: TrainingRun, tmp_path: Path) -> None:
    charts = await command.read(log, ["run1", "run1"], ["entropy", "steps_per_s"], 1)
    assert [len(chart.lines) for chart in charts] == [1, 1]
    assert charts[0].lines[0].x == (24.0, 48.0)
    assert charts[0].lines[0].y == tuple(update.metrics["entropy"] for update in run.updates)
    assert json.loads(command.told(charts))[0]["title"] == "entropy"
    console = Console(width=60)
    with console.capture() as printed:
        command.show(charts, console)
    assert "decisions per second" in printed.get()
    command.write(charts, tmp_path / "curve.svg", "run1")
    ET.parse(tmp_path / "curve.svg")
    command.write(charts, tmp_path / "curve.html", "<run1>")
    text = (tmp_path / "curve.html").read_text()
    assert "&lt;run1&gt;" in text
    assert "<polyline" in text
    assert "://" not in text


async def test_what_cannot_be_written_is_told(
    log: EventLog, run: TrainingRun, tmp_path: Path
) -> None:
    charts = await command.read(log, ["run1"], ["entropy"], 1)
    with pytest.raises(ValueError, match="must end with one of"):
        command.write(charts, tmp_path / "curve.png", "run1")
    with pytest.raises(ValueError, match="cannot be written"):
        command.write(charts, tmp_path / "nowhere" / "curve.svg", "run1")
    with pytest.raises(ValueError, match="no run 'run9'"):
        await command.read(log, ["run9"], ["entropy"], 1)


async def test_the_page_grows_with_the_run(log: EventLog, run: TrainingRun) -> None:
    async def charts() -> list[Chart]:
        return await command.read(log, ["run1"], ["entropy"], 1)

    async with command.serve(charts, 0, "run1") as address, ClientSession() as session:
        taken = int(address.rstrip("/").rpartition(":")[2])
        with pytest.raises(ValueError, match=f"--serve {taken}: .*give another port"):
            await command.serve(charts, taken, "run1").__aenter__()
        whole = await (await session.get(address)).text()
        before = await (await session.get(address.rstrip("/") + live.PIECE)).text()
        await learned(run, 3)
        after = await (await session.get(address.rstrip("/") + live.PIECE)).text()
    assert before in whole
    assert "setInterval" in whole
    assert after != before
    assert before.startswith("<svg")


async def test_evaluations_of_the_log_are_drawn(log: EventLog, run: TrainingRun) -> None:
    started = EvaluationStarted(
        evaluation_id="e1", checkpoint=run.checkpoint, purpose="held-out", games=10
    )
    drawn = EvaluationStarted(
        evaluation_id="e2", checkpoint=run.checkpoint, purpose="held-out", games=10, drawn=True
    )
    ante = Estimate(mean=2.0, low=1.5, high=2.5)
    for what in (started, drawn):
        done = EvaluationCompleted(evaluation_id=what.evaluation_id, games=10, ante=ante)
        journal = await StreamJournal.open(log, f"evaluation-{what.evaluation_id}")
        entries = [
            Entry(name, to_json(event), "test", metadata={"schema": str(SCHEMA_VERSIONS[name])})
            for name, event in (("EvaluationStarted", what), ("EvaluationCompleted", done))
        ]
        await journal.append(entries)
    (chart,) = await command.read(log, ["run1"], ["ante"], 1)
    assert [(line.name, line.x, line.y) for line in chart.lines if line.low] == [
        ("run1, held-out games", (48.0,), (2.0,))
    ]
