"""An update is a pure function of checkpoint, batch, configuration and seed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from jimbot_stream.agents.batch import Batch, pack
from jimbot_stream.agents.checkpoint import from_bytes, sha256
from jimbot_stream.agents.failing import DivergedError
from jimbot_stream.agents.policy import load_policy
from jimbot_stream.agents.ppo.config import UpdateConfig, from_json, shuffle_seed
from jimbot_stream.agents.update import apply_update
from jimbot_stream.balatro import wire
from jimbot_stream.decision import Observation
from jimbot_stream.decision.sampling import log_probability, softmax_weights

CONFIG = UpdateConfig(epochs=2, minibatch=16)

APPLY = """
import sys
from pathlib import Path
import numpy as np
from jimbot_stream.agents.batch import Batch
from jimbot_stream.agents.checkpoint import sha256
from jimbot_stream.agents.ppo.config import from_json
from jimbot_stream.agents.update import apply_update
folder = Path(sys.argv[1])
columns = dict(np.load(folder / "batch.npz"))
batch = Batch(**{**columns, "lengths": tuple(columns["lengths"].tolist())})
config = from_json((folder / "config.json").read_text())
print(sha256(apply_update((folder / "before").read_bytes(), batch, config, 5).checkpoint))
"""


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Forty decisions whose reward depends on a feature of the action alone."""
    drawn = np.random.Generator(np.random.Philox(key=1))
    steps = 40
    counts = drawn.integers(2, 20, steps)
    candidates = [
        drawn.random((count, wire.CANDIDATE_FEATURES), dtype=np.float32)
        for count in counts.tolist()
    ]
    rows, ends = pack(candidates)
    taken = drawn.integers(0, counts)
    return Batch(
        lengths=(25, 15),
        features=drawn.random((steps, wire.FEATURES), dtype=np.float32),
        rows=rows,
        ends=ends,
        actions=taken,
        log_probs=-np.log(counts),
        rewards=rows[ends - counts + taken, 3].astype(np.float64),
        weights=np.ones(steps),
    )


def test_equal_arguments_give_equal_bytes(checkpoint: bytes, batch: Batch) -> None:
    one = apply_update(checkpoint, batch, CONFIG, 5)
    other = apply_update(checkpoint, batch, CONFIG, 5)
    assert one == other
    assert one.checkpoint != checkpoint


def test_a_fresh_process_gives_the_same_bytes(
    checkpoint: bytes, batch: Batch, tmp_path: Path
) -> None:
    columns = {name: getattr(batch, name) for name in batch.__slots__ if name != "known"}
    np.savez(tmp_path / "batch.npz", **columns)
    (tmp_path / "before").write_bytes(checkpoint)
    (tmp_path / "config.json").write_text(CONFIG.to_json())
    done = subprocess.run(
        [sys.executable, "-c", APPLY, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == sha256(apply_update(checkpoint, batch, CONFIG, 5).checkpoint)


def test_threads_and_generators_of_the_process_have_no_say(checkpoint: bytes, batch: Batch) -> None:
    expected = apply_update(checkpoint, batch, CONFIG, 5).checkpoint
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        torch.manual_seed(99)
        assert apply_update(checkpoint, batch, CONFIG, 5).checkpoint == expected
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(threads)


def test_each_argument_has_a_say(checkpoint: bytes, batch: Batch) -> None:
    results = [
        apply_update(checkpoint, batch, CONFIG, 5),
        apply_update(checkpoint, batch, CONFIG, 6),
        apply_update(checkpoint, batch, replace(CONFIG, learning_rate=1e-4), 5),
        apply_update(checkpoint, replace(batch, rewards=batch.rewards[::-1].copy()), CONFIG, 5),
        apply_update(apply_update(checkpoint, batch, CONFIG, 4).checkpoint, batch, CONFIG, 5),
    ]
    assert len({sha256(result.checkpoint) for result in results}) == len(results)


def test_a_checkpoint_between_two_updates_loses_nothing(checkpoint: bytes, batch: Batch) -> None:
    first = apply_update(checkpoint, batch, CONFIG, 5).checkpoint
    read = from_bytes(first)
    minibatches = -(-batch.steps // CONFIG.minibatch)
    assert (read.update, read.optimizer_steps) == (1, CONFIG.epochs * minibatches)
    forgetful = replace(
        read,
        adam_first={name: np.zeros_like(value) for name, value in read.adam_first.items()},
    ).to_bytes()
    second = apply_update(first, batch, CONFIG, 6).checkpoint
    assert second != apply_update(forgetful, batch, CONFIG, 6).checkpoint


def log_probs(checkpoint: bytes, batch: Batch) -> list[float]:
    policy, found = load_policy(checkpoint), []
    parts = np.split(batch.rows, batch.ends[:-1])
    for features, part, action in zip(batch.features, parts, batch.actions.tolist(), strict=True):
        candidates = np.zeros((wire.CAPACITY, wire.CANDIDATE_FEATURES), dtype=np.float32)
        candidates[: len(part)] = part
        mask = np.arange(wire.CAPACITY) < len(part)
        unnamed = np.zeros(wire.CAPACITY, dtype=np.int64)
        seen = Observation(features, candidates, mask, actions=unnamed)
        logits = policy.evaluate(seen).logits
        found.append(log_probability(softmax_weights(logits, seen.mask), logits, action))
    return found


def test_what_pays_becomes_more_likely(checkpoint: bytes, batch: Batch) -> None:
    single = replace(batch, lengths=(1,) * batch.steps)  # no reward but an action's own
    after = apply_update(checkpoint, single, replace(CONFIG, epochs=10), 5).checkpoint
    gained = np.subtract(log_probs(after, single), log_probs(checkpoint, single))
    assert np.corrcoef(gained, batch.rewards)[0, 1] > 0.5


def test_steps_without_weight_do_not_move_the_policy(checkpoint: bytes, batch: Batch) -> None:
    unseen = replace(batch, weights=np.zeros(batch.steps))
    after = from_bytes(apply_update(checkpoint, unseen, CONFIG, 5).checkpoint)
    before = from_bytes(checkpoint)
    assert np.array_equal(after.module["score.weight"], before.module["score.weight"])
    assert not np.array_equal(after.module["value.weight"], before.module["value.weight"])


def test_it_stops_once_the_policy_has_moved_too_far(checkpoint: bytes, batch: Batch) -> None:
    hasty = replace(CONFIG, epochs=30, learning_rate=0.05, kl_stop=0.01)
    assert apply_update(checkpoint, batch, hasty, 5).metrics["epochs"] < 30


def test_an_update_that_diverges_is_refused(checkpoint: bytes, batch: Batch) -> None:
    rewards = batch.rewards.copy()
    rewards[3] = np.nan
    with pytest.raises(DivergedError):
        apply_update(checkpoint, replace(batch, rewards=rewards), CONFIG, 5)


def test_an_action_that_is_no_candidate_is_refused(batch: Batch) -> None:
    for wrong in (-1, 20):
        actions = batch.actions.copy()
        actions[7] = wrong
        with pytest.raises(ValueError, match="not among its candidates"):
            replace(batch, actions=actions)


def test_candidates_that_do_not_end_where_told_are_refused(batch: Batch) -> None:
    with pytest.raises(ValueError, match="do not end"):
        replace(batch, rows=batch.rows[1:])


def test_columns_of_different_lengths_are_refused(batch: Batch) -> None:
    with pytest.raises(ValueError, match="39 rows for 40 decisions"):
        replace(batch, rewards=batch.rewards[1:])


def test_an_empty_batch_is_refused(checkpoint: bytes, batch: Batch) -> None:
    names = [name for name in batch.__slots__ if name not in ("lengths", "known")]
    columns = {name: getattr(batch, name)[:0] for name in names}
    with pytest.raises(ValueError, match="at least one"):
        apply_update(checkpoint, Batch(lengths=(), **columns), CONFIG, 5)


def test_configurations_survive_the_record() -> None:
    assert from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize("text", ["{}", "[]", '{"gamma": 0.9}'])
def test_a_configuration_of_another_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="recorded ppo configuration"):
        from_json(text)


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"gamma": 1.5}, {"learning_rate": 0.0}, {"clip": float("nan")}]
)
def test_impossible_numbers_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        UpdateConfig(**change)  # type: ignore[arg-type]  # wrong on purpose


def test_shuffle_seeds_fit_the_record_and_differ() -> None:
    seeds = {shuffle_seed(run, update) for run in (-1, 0, 7) for update in range(1, 50)}
    assert len(seeds) == 3 * 49
    assert all(0 <= seed < 2**63 for seed in seeds)
