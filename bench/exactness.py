"""Whether training repeats bit for bit: computed again, and killed and resumed.

Of each algorithm, one run goes through without a stop. Another with the same seed is killed with
SIGKILL at drawn moments, log and all, and goes on in a new process each time; its whole record
must be the first one's, byte for byte, which takes in the weights after every update. Then
``jimbot-replay verify`` computes every update of the killed run again, in a fresh process with
one thread and in one with two, and compares the weights by sha256.

100 updates and 20 kills by default, about 15 minutes for each algorithm on two cores.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # scripts find each other

from bench import figures
from bench.killed_learner import CONFIGS, Learner, LearnerError, killed, moments, uninterrupted

from jimbot_stream.agents.training_run import run_id
from jimbot_stream.contracts import UpdateApplied
from jimbot_stream.contracts.upcast import read_event
from jimbot_stream.eventlog import RecordedEvent

THREADS: Final = (1, 2)
THREAD_SETTINGS: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
HEADINGS: Final = (
    "algorithm", "updates", "derived again, 1 thread", "2 threads", "kills", "record", "weights",
)  # fmt: skip


@dataclass(slots=True)
class Finding:
    """What came out for one algorithm."""

    algorithm: str
    updates: int
    kills: int
    wanted: int
    """Kills that were to be made."""
    difference: str
    """Where the record of the killed run differs from the other's; empty if nowhere."""
    checkpoint: str
    """sha256 of the last weights, in hex."""
    derived: dict[str, int] = field(default_factory=dict)
    """Updates that came out identical when computed again, by threads."""

    @property
    def exact(self) -> bool:
        """Whether everything is identical, and everything was tried."""
        again = all(count == self.updates for count in self.derived.values())
        return again and not self.difference and self.kills == self.wanted


async def find(
    algo: str, folder: Path, updates: int, kills: int, seed: int, bar: Progress
) -> Finding:
    """Run through, run killed, compare, compute again.

    Raises:
        LearnerError: a learner, or the verification, failed.
        ValueError: too few updates for so many kills.
    """
    at = moments(updates, kills, seed)
    task = bar.add_task(f"{algo}: without a stop", total=updates)
    whole, parts = (Learner(algo, folder / name, seed) for name in ("whole", "killed"))
    pace = await uninterrupted(whole, updates, lambda now: bar.update(task, completed=now))
    bar.update(task, description=f"{algo}: killed {kills} times", completed=0)
    made = await killed(parts, updates, at, pace, lambda now: bar.update(task, completed=now))
    one, other = await whole.events(), await parts.events()
    last = [event for event in other if event.type == "UpdateApplied"][-1]
    found = Finding(
        algo,
        read_event(UpdateApplied, last).update,
        made,
        kills,
        difference(one, other),
        read_event(UpdateApplied, last).checkpoint_out,
    )
    for threads in THREADS:
        bar.update(task, description=f"{algo}: computed again, threads: {threads}", total=None)
        found.derived[str(threads)] = await asyncio.to_thread(derived, parts, threads)
    bar.remove_task(task)
    return found


def difference(one: Sequence[RecordedEvent], other: Sequence[RecordedEvent]) -> str:
    """The first event in which two records differ, in words; empty if there is none."""
    for number, (a, b) in enumerate(zip_longest(one, other)):
        if a is None or b is None:
            return f"{len(one)} events without a stop, {len(other)} with kills"
        if (a.type, a.data) != (b.type, b.data):
            return f"event {number}, {a.type}: {a.data!r} without a stop, {b.data!r} with kills"
    return ""


def derived(learner: Learner, threads: int) -> int:
    """Compute all updates again in a fresh process; how many came out identical.

    Raises:
        LearnerError: the verification could not be done.
    """
    file = learner.folder / f"verified-{threads}.json"
    command = [sys.executable, "-m", "jimbot_stream.replay.cli", "verify", "--log", learner.log]
    command += ["--data", str(learner.folder), "--run", run_id(learner.seed)]
    command += ["--jobs", "1", "--json", str(file)]
    environment = os.environ | dict.fromkeys(THREAD_SETTINGS, str(threads))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if not file.exists():
        raise LearnerError(f"jimbot-replay verify ended with code {done.returncode}: {done.stderr}")
    count: int = json.loads(file.read_bytes())["counts"]["update"]["identical"]
    return count


def row(found: Finding) -> tuple[str, ...]:
    """A line of the table."""
    again = [f"{found.derived[str(threads)]} of {found.updates}" for threads in THREADS]
    record = "differs" if found.difference else "identical"
    kills = f"{found.kills} of {found.wanted}"
    weights = found.checkpoint[:12]
    return found.algorithm, str(found.updates), *again, kills, record, weights


async def find_all(
    algos: Sequence[str], folder: Path, updates: int, kills: int, seed: int
) -> list[Finding]:
    """All algorithms, one after the other."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        return [await find(algo, folder / algo, updates, kills, seed, bar) for algo in algos]


@click.command()
@figures.options
@click.option("--algo", "algos", multiple=True, type=click.Choice(list(CONFIGS)),
    help="Only this one; repeatable.  [default: all of them]",
)  # fmt: skip
@click.option("--updates", type=click.IntRange(min=2), default=100, show_default=True)
@click.option("--kills", type=click.IntRange(min=0), default=20, show_default=True,
    help="At least two fewer than updates.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True,
    help="Of the runs and of the moments of the kills.",
)  # fmt: skip
def main(
    quick: bool, json_file: Path | None, algos: Sequence[str], updates: int, kills: int, seed: int
) -> None:
    """Train, kill, resume, compute again, compare; exit code 1 if anything differs."""
    if quick:
        updates, kills = 4, 1
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(
                find_all(algos or list(CONFIGS), Path(folder), updates, kills, seed)
            )
    except (LearnerError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    figures.show("Training, repeated", HEADINGS, [row(each) for each in found])
    for each in found:
        if each.difference:
            print(f"{each.algorithm}: {each.difference}")
    figures.finish({"exact": [asdict(each) | {"exact": each.exact} for each in found]}, json_file)
    sys.exit(0 if all(each.exact for each in found) else 1)


if __name__ == "__main__":
    main()
